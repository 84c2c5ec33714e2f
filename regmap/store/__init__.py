"""The store: every revision of every document, for ever; the only home of SQLAlchemy."""
