"""Tests of regmap.release."""
