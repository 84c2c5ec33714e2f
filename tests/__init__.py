"""Tests: they follow regmap folder for folder."""
