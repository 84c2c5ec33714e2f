"""Answers that caches can keep: strong ETags, short lives, and 304 where nothing changed."""

import hashlib
import re

from flask import Response, request

SHORT = "public, max-age=0, s-maxage=60, must-revalidate"
"""Browsers ask each time whether it is still so (mostly answered 304): what was corrected a second
ago is seen. Caches that many share may keep it for a minute; law must not sit there for long."""

REVALIDATED = "no-cache"
"""For what is public, but changes when somebody decides: kept, and asked again each time."""

FOREVER = "public, max-age=31536000, immutable"
"""For addresses that carry a hash of what they serve."""

_STRONG_TAG = re.compile(r'"?([0-9a-f]+)(?::[a-z]+)?"?')
"""One of our ETags; compressed answers carry it with ``:gzip`` behind."""


def answer(
    body: bytes,
    mimetype: str = "application/json",
    cache: str = SHORT,
    etag: str | None = None,
) -> Response:
    """A cacheable answer, or 304 where the client has this body already (If-None-Match).

    :param etag: the body's own (:func:`etag_of`), where it is kept with it.
    """
    etag = etag or etag_of(body)
    if is_known(etag):
        return Response(status=304, headers=headers_of(etag, cache))
    return Response(body, mimetype=mimetype, headers=headers_of(etag, cache))


def is_known(etag: str) -> bool:
    """Whether the client has what an ETag stands for (If-None-Match)."""
    known = request.headers.get("If-None-Match")
    return known is not None and _names(known, etag)


def etag_of(body: bytes) -> str:
    """A strong ETag: it follows from the body alone."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def headers_of(etag: str, cache: str = SHORT) -> list[tuple[str, str]]:
    """The headers that tell caches what an answer is and how long it keeps."""
    return [("ETag", f'"{etag}"'), ("Cache-Control", cache)]


def state_read() -> str | None:
    """The ETag that If-Match names, as what the client has read; None without one.

    ``*``, weak tags and lists name no state that somebody read: they are no ETag of ours.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header:
        return None
    named = _STRONG_TAG.fullmatch(header)
    return named[1] if named else ""


def _names(header: str, etag: str) -> bool:
    """Whether If-None-Match names the ETag; compressed answers carry it with ``:gzip`` behind."""
    if header.strip() == "*":
        return True
    tags = (tag.strip().removeprefix("W/").strip('"') for tag in header.split(","))
    return any(tag.split(":")[0] == etag for tag in tags)
