"""OGC API – Features: the map as a standard that GIS programs speak."""
