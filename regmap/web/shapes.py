"""The shapes that the map draws, a file for each sheet, under addresses with a hash of each.

Shapes change only with the boundaries, statuses every week: so statuses come apart from them
(``/api/v1/map/timeline``), and browsers keep the shapes for ever. They are compressed as tightly as
can be; that takes seconds, so it is done once and kept in the cache.
"""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # ships no types
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import NotFound

from regmap.files import replace_whole
from regmap.geo.drawings import Drawings
from regmap.http import caching

_EXTENSION = "regmap-shapes"
_MIMETYPE = "application/json"


@dataclass(frozen=True)
class _Coding:
    """A content coding (RFC 9110), there and back."""

    pack: Callable[[bytes], bytes]
    unpack: Callable[[bytes], bytes]


# The first that a browser takes is served; this order is that of their sizes.
_CODINGS: Mapping[str, _Coding] = {
    "br": _Coding(partial(brotli.compress, quality=11), brotli.decompress),
    "gzip": _Coding(partial(gzip.compress, compresslevel=9, mtime=0), gzip.decompress),
}
_DAMAGED = (OSError, EOFError, zlib.error, brotli.error)


class Shapes:
    """The sheets of some drawings, ready to be served.

    :param cache_dir: where their compressed forms are kept between runs; None: nowhere.
    """

    def __init__(self, drawings: Drawings, cache_dir: Path | None) -> None:
        self._drawings = drawings
        self._cache_dir = cache_dir
        self._ready: dict[tuple[str, str], bytes] = {}

    def urls(self) -> dict[str, str]:
        """The address of each sheet by its name (``countries``, ``states``, …)."""
        return {sheet: f"/shapes/{sheet}-{mark}.json" for sheet, mark in self._hashes.items()}

    def warm(self) -> None:
        """Fill the cache with every compressed form."""
        for sheet in self._hashes:
            for coding in _CODINGS:
                self.packed(sheet, coding)

    def packed(self, sheet: str, coding: str) -> bytes:
        """A sheet in a content coding (``br``, ``gzip``), from the cache or made now."""
        if (sheet, coding) not in self._ready:
            self._ready[sheet, coding] = self._read(sheet, coding) or self._make(sheet, coding)
        return self._ready[sheet, coding]

    def answer(self, sheet: str, mark: str) -> Response:
        """A sheet as the client can read it, to be kept for ever.

        :param mark: the hash in its address.
        :raises NotFound: if there is none of that name, or if it has another hash.
        """
        if self._hashes.get(sheet) != mark:
            raise NotFound
        wanted = request.accept_encodings
        best = max(_CODINGS, key=wanted.quality)  # the first of equals
        if not wanted.quality(best):
            return caching.answer(self._drawings.sheet(sheet), _MIMETYPE, caching.FOREVER)
        response = caching.answer(self.packed(sheet, best), _MIMETYPE, caching.FOREVER)
        if response.status_code == 200:
            response.headers["Content-Encoding"] = best
        return response

    @cached_property
    def _hashes(self) -> dict[str, str]:
        return {name: _hash(self._drawings.sheet(name)) for name in self._drawings.sheets}

    def _file(self, sheet: str, coding: str) -> Path | None:
        if self._cache_dir is None:
            return None
        return self._cache_dir / f"shapes-{sheet}-{self._hashes[sheet]}.{coding}"

    def _read(self, sheet: str, coding: str) -> bytes | None:
        """What the cache has, or None where it is missing or damaged."""
        file = self._file(sheet, coding)
        if file is None:
            return None
        try:
            packed = file.read_bytes()
            whole = _hash(_CODINGS[coding].unpack(packed)) == self._hashes[sheet]
        except _DAMAGED:
            return None
        return packed if whole else None

    def _make(self, sheet: str, coding: str) -> bytes:
        packed = _CODINGS[coding].pack(self._drawings.sheet(sheet))
        file = self._file(sheet, coding)
        if file is not None:
            replace_whole(file, packed)
        return packed


def join_shapes(app: Flask, shapes: Shapes) -> None:
    """Serve the shapes; templates find their addresses by ``shape_urls()``."""
    app.extensions[_EXTENSION] = shapes
    app.jinja_env.globals["shape_urls"] = shapes.urls

    @app.get("/shapes/<sheet>-<mark>.json")
    def shapes_(sheet: str, mark: str) -> Response:
        """A sheet of shapes, as TopoJSON."""
        return shapes.answer(sheet, mark)


def shape_urls() -> dict[str, str]:
    """The address of each sheet of the current app by its name."""
    shapes: Shapes = current_app.extensions[_EXTENSION]
    return shapes.urls()


def _hash(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()[:16]
