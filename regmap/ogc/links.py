"""Links as OGC API has them: absolute, with relation, media type and title."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from regmap.http.host import site
from regmap.ogc.negotiation import HTML, JSON, Offer

ROOT = "/ogc"
COLLECTION = "jurisdictions"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

Link = dict[str, str]


def address(path: str, **parameters: Any) -> str:
    """An address below ``/ogc``; its parameters stand in the order given.

    :raises BadRequest: if the request names no host.
    """
    query = urlencode(parameters, safe=",:/")
    return f"{site()}{ROOT}{path}" + (f"?{query}" if query else "")


def link(href: str, rel: str, mimetype: str, title: str) -> Link:
    """One link."""
    return {"href": href, "rel": rel, "type": mimetype, "title": title}


def plain(shown: Offer) -> str:
    """The media type of the documents that an answer in some format links to."""
    return HTML if shown.mimetype == HTML else JSON


def itself(path: str, offered: Sequence[Offer], shown: Offer, **parameters: Any) -> list[Link]:
    """The links of an answer to itself and to the same in other formats."""
    return [
        link(
            address(path, **parameters, f=one.format),
            "self" if one.format == shown.format else "alternate",
            one.mimetype,
            f"This {'page' if one.mimetype == HTML else 'document'}"
            if one.format == shown.format
            else f"The same as {one.format.upper()}",
        )
        for one in _one_of_each(offered)
    ]


def _one_of_each(offered: Sequence[Offer]) -> list[Offer]:
    """The first offer of each format."""
    first: Mapping[str, Offer] = {one.format: one for one in reversed(offered)}
    return [one for one in offered if first[one.format] is one]
