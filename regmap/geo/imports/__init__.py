"""Limits that an operator imported: read, matched, mended, kept, and opened by the workers.

``opened`` and ``stacks`` run in every worker and import neither pyarrow nor geopandas; all other
modules serve ``regmap boundaries …`` alone.
"""
