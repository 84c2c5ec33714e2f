"""Tests of regmap.services."""
