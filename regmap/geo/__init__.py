"""Shapes on the ground: boundaries, and which of them hold a point. The only home of shapely."""
