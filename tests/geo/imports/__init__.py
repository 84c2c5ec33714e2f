"""Imported limits."""
