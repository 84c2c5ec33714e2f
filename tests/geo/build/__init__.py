"""Tests of the boundary build, and of the boundaries it made."""
