"""Tests of regmap.cli: what commands say, what they leave, and their exit status."""
