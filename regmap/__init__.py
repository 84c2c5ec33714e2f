"""regmap: jurisdiction records on the legal status of kratom, as a JSON API and a map.

The packages are layers, and imports run one way (ARCHITECTURE.md has the picture):
``domain`` <- ``schemas``, ``geo``, ``store``, ``release`` <- ``services`` <- ``api``, ``web``,
``cli`` <- ``app``.
"""

from typing import Any

__version__ = "0.1.0"

__all__ = ["__version__", "annotate"]


def __getattr__(name: str) -> Any:
    # Looked up when it is asked for: pyarrow and all that stays out of a worker of the server.
    if name == "annotate":
        from importlib import import_module

        return import_module("regmap.services.annotate.frames").annotate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
