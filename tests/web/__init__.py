"""Tests of regmap.web: the pages through the test client."""
