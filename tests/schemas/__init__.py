"""Tests of regmap.schemas."""
