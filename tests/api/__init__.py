"""Tests of regmap.api and regmap.http: the API on the real records."""
