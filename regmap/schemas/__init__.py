"""The shape of everything that enters or leaves: marshmallow only, no queries, no rules of law."""
