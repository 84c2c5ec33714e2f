"""Tests of regmap.domain."""
