"""regmap: jurisdiction records on the legal status of kratom, as a JSON API and a map.

The packages are layers, and imports run one way (ARCHITECTURE.md has the picture):
``domain`` <- ``schemas``, ``geo``, ``store``, ``release`` <- ``services`` <- ``api``, ``web``,
``cli`` <- ``app``.
"""

__version__ = "0.1.0"
