"""Faults, with real processes: what breaks under regmap, and what its users see of it."""
