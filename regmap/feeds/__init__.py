"""Feeds: what changed and what comes, for readers and calendars."""
