"""``/ogc``: OGC API – Features, Part 1 (OGC 17-069r4): the jurisdictions for map clients."""
