"""Answers are packed (compressed) for clients that take that: which ones, and how tightly.

Flask-Compress does it for all that Flask answers. What is answered in front of Flask is packed
here, in the same way.
"""

import gzip
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

import brotli  # type: ignore[import-untyped]
from flask import Flask, Response, g, request
from flask_compress import CacheBackend, Compress

from regmap.services.kept import Kept

IDENTITY = "identity"
"""The content coding of what is sent as it is (RFC 9110, 8.4.1)."""

_SMALLEST = 500  # bytes: what is shorter fits a packet as it is
_BROTLI_LEVEL, _GZIP_LEVEL = 5, 6
_CODINGS: Mapping[str, Callable[[bytes], bytes]] = {  # the best first
    "br": partial(brotli.compress, quality=_BROTLI_LEVEL),
    # the time within would make other bytes of the same answer, under the same strong ETag
    "gzip": partial(gzip.compress, compresslevel=_GZIP_LEVEL, mtime=0),
}
_KNOWN_HEADERS = 256

_KEPT_FROM = 8 << 10  # bytes: packing what is shorter takes less than a millisecond
_KEPT_BYTES = 4 << 20
"""How much of what was packed a worker keeps: the shapes and states of the map, mostly."""

_CONFIG = {
    "COMPRESS_REGISTER": False,  # called at the end of a request, where there is anything to do
    "COMPRESS_MIN_SIZE": _SMALLEST,
    "COMPRESS_ALGORITHM": list(_CODINGS),
    # files: the quickest first, and never deflate, which takes ten times as long
    "COMPRESS_ALGORITHM_STREAMING": ["zstd", "br", "gzip"],
    "COMPRESS_BR_LEVEL": _BROTLI_LEVEL,
    "COMPRESS_LEVEL": _GZIP_LEVEL,
    "COMPRESS_MIMETYPES": [
        "text/html",
        "text/css",
        "text/csv",
        "text/javascript",
        "application/javascript",
        "application/json",
        "application/geo+json",
        "application/x-ndjson",
        "application/problem+json",
        "application/schema+json",
        "application/atom+xml",
        "application/feed+json",
        "application/vnd.oai.openapi+json;version=3.0",
        "text/calendar",
        "image/svg+xml",
    ],
}


class Packing:
    """Packs the answers of an app; thread-safe. What many ask for is packed once."""

    def __init__(self, app: Flask) -> None:
        app.config.update(_CONFIG)
        self._compress = Compress(app)
        self._compress.cache = _Packed()
        self._compress.cache_key = lambda _: g.regmap_packed_as

    def finish(self, response: Response) -> Response:
        """The answer to the current request, packed where its client takes that."""
        g.regmap_packed_as = _name_of(response)
        finished: Response = self._compress.after_request(response)
        return finished


class _Packed(CacheBackend):
    """What was packed, by what :func:`_name_of` calls it: nothing that has no name."""

    def __init__(self) -> None:
        self._kept: Kept[bytes] = Kept(_KEPT_BYTES, len)

    def get(self, key: str) -> bytes | None:
        return self._kept.find(key) if _has_name(key) else None

    def set(self, key: str, value: bytes) -> None:
        if _has_name(key):
            self._kept.put(key, value)


def _name_of(response: Response) -> str:
    """What tells the body of an answer from all others; nothing of an answer for one person."""
    etag, is_weak = response.get_etag()
    is_public = response.cache_control.public
    if etag is None or is_weak or not is_public or (response.content_length or 0) < _KEPT_FROM:
        return ""
    return f"{request.path} {etag}"


def _has_name(key: str) -> bool:
    return not key.endswith(";")  # Flask-Compress writes the coding before it


@lru_cache(_KNOWN_HEADERS)
def coding_for(accepted: str | None) -> str | None:
    """The content coding for a client, by the names that it lists.

    :param accepted: its ``Accept-Encoding``, if it sent any.
    :returns: one for :func:`packed`; None where the header does more than list names, and it takes
        more to tell.
    """
    if accepted is None:
        return IDENTITY
    named = {part.strip() for part in accepted.lower().split(",")}
    if any(";" in name or name in ("*", IDENTITY) for name in named):
        return None
    return next((coding for coding in _CODINGS if coding in named), IDENTITY)


def packed(body: bytes, coding: str, etag: str) -> tuple[bytes, str, list[tuple[str, Any]]]:
    """A body in a content coding, where it is long enough to be worth it.

    :param etag: that of the body as it is.
    :returns: what to send, its ETag, and the headers that it needs.
    """
    if coding == IDENTITY or len(body) < _SMALLEST:
        return body, etag, []
    return _CODINGS[coding](body), f"{etag}:{coding}", [("Content-Encoding", coding)]
