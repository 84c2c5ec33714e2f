"""Answers that caches can keep: strong ETags, short lives, and 304 where nothing changed."""

import hashlib

from flask import Response, request

SHORT = "public, max-age=60, stale-while-revalidate=60"
"""Law must not sit in a cache for long: a minute, and a minute more while it is asked again."""

FOREVER = "public, max-age=31536000, immutable"
"""For addresses that carry a hash of what they serve."""


def answer(body: bytes, mimetype: str = "application/json", cache: str = SHORT) -> Response:
    """A cacheable answer, or 304 where the client has this body already (If-None-Match)."""
    etag = etag_of(body)
    known = request.headers.get("If-None-Match")
    if known is not None and _names(known, etag):
        return Response(status=304, headers=headers_of(etag, cache))
    return Response(body, mimetype=mimetype, headers=headers_of(etag, cache))


def etag_of(body: bytes) -> str:
    """A strong ETag: it follows from the body alone."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def headers_of(etag: str, cache: str = SHORT) -> list[tuple[str, str]]:
    """The headers that tell caches what an answer is and how long it keeps."""
    return [("ETag", f'"{etag}"'), ("Cache-Control", cache)]


def _names(header: str, etag: str) -> bool:
    """Whether If-None-Match names the ETag; compressed answers carry it with ``:gzip`` behind."""
    if header.strip() == "*":
        return True
    tags = (tag.strip().removeprefix("W/").strip('"') for tag in header.split(","))
    return any(tag.split(":")[0] == etag for tag in tags)
