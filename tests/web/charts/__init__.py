"""Tests of regmap.web.charts: what stands where."""
