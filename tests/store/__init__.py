"""Tests of regmap.store."""
