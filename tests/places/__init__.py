"""Tests of ZIP codes and place names."""
