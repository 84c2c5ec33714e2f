"""What the views of every audience share: the services, caching, problems. No rule, no query."""
