"""How every address below ``/ogc`` answers: negotiated, with a strong ETag, kept where it pays."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import orjson
from flask import Flask, Response, current_app, render_template

from regmap.http import caching
from regmap.ogc.negotiation import HTML, Offer
from regmap.services.kept import Kept

_EXTENSION = "regmap-ogc"
_KEPT_BYTES = 8 << 20
"""Finished answers that a worker keeps; the whole collection takes 7 MB."""

Body = tuple[bytes, str]
"""What is sent, and its ETag."""


def join_answers(app: Flask) -> None:
    """Give an app the room where finished answers are kept."""
    kept: Kept[Body] = Kept(_KEPT_BYTES, lambda body: len(body[0]))
    app.extensions[_EXTENSION] = kept


def document(offer: Offer, template: str, contents: Mapping[str, Any], **more: Any) -> Response:
    """A document as JSON, or as a page that says the same.

    :param more: what only the page needs.
    """
    return caching.answer(written(offer, template, contents, **more), offer.mimetype)


def written(offer: Offer, template: str, contents: Mapping[str, Any], **more: Any) -> bytes:
    """The body of a document in a format."""
    if offer.mimetype == HTML:
        return render_template(f"ogc/{template}.html", document=contents, **more).encode()
    return orjson.dumps(contents)


def kept(question: Hashable, write: Callable[[], bytes], mimetype: str) -> Response:
    """The answer to a question, kept under it: it must name all that the body depends on."""
    known: Kept[Body] = current_app.extensions[_EXTENSION]

    def make() -> Body:
        body = write()
        return body, caching.etag_of(body)

    body, etag = known.get(question, make)
    headers = caching.headers_of(etag)
    if caching.is_known(etag):
        return Response(status=304, headers=headers)
    return Response(body, mimetype=mimetype, headers=headers)
