"""In which format an answer is given: by ``f`` in the address, else by ``Accept`` (RFC 9110)."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_options_header

from regmap.domain.errors import InvalidValue

JSON = "application/json"
GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
HTML = "text/html"

FORMATS = ("json", "html")
"""What ``f`` may say."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A format that there is, and the media type that it is sent as."""

    format: str
    mimetype: str


def offers(*mimetypes: str) -> tuple[Offer, ...]:
    """Some media types of JSON, the best first, and HTML."""
    return *(Offer("json", one) for one in mimetypes), Offer("html", HTML)


def chosen(offered: Sequence[Offer]) -> Offer:
    """The format that this request is answered in; between equals the first.

    :raises InvalidValue: if ``f`` asks for none that there is.
    :raises NotAcceptable: if ``Accept`` allows none.
    """
    asked = request.args.get("f")
    if asked is not None:
        found = next((one for one in offered if one.format == asked), None)
        if found is None:
            raise InvalidValue({"f": [f"Must be one of: {', '.join(FORMATS)}."]})
        return found
    if not request.headers.get("Accept", "").strip():
        return offered[0]
    best = max(offered, key=lambda one: _weight(one.mimetype))
    if _weight(best.mimetype) == 0:
        told = ", ".join(one.mimetype for one in offered)
        raise NotAcceptable(f"None of what Accept allows is offered here; offered are: {told}.")
    return best


def _weight(mimetype: str) -> float:
    """The weight that Accept gives a media type: that of the range which names it most exactly."""
    ranges = [
        (exactness, weight)
        for text, weight in request.accept_mimetypes
        if (exactness := _exactness(text, mimetype)) is not None
    ]
    return max(ranges, key=lambda one: one[0])[1] if ranges else 0


def _exactness(text: str, mimetype: str) -> int | None:
    """How exactly a media range names a media type; None: it does not."""
    asked, asked_parameters = parse_options_header(text.lower())
    offered, parameters = parse_options_header(mimetype)
    asked_parameters.pop("charset", None)  # all of ours is UTF-8
    if asked in ("*", "*/*"):
        return 0
    if asked == f"{offered.split('/')[0]}/*":
        return 1
    if asked != offered or not asked_parameters.items() <= parameters.items():
        return None
    return 2 + len(asked_parameters)
