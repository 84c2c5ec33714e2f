"""Lists of the API, followed by their Link headers (RFC 8288)."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient

from tests.served import json_of

_LINK = re.compile(r'<([^>]+)>; rel="([a-z]+)"')
_MOST = 10_000


def links(header: str) -> dict[str, str]:
    """The targets of a Link header by relation."""
    return {relation: target for target, relation in _LINK.findall(header)}


def every_item(client: FlaskClient, url: str) -> list[dict[str, Any]]:
    """Every item of a list, by following the next links to the end."""
    items: list[dict[str, Any]] = []
    following: str | None = url
    while following is not None:
        response = client.get(following)
        items += json_of(response)["items"]
        assert len(items) < _MOST, "the links run in a circle"
        following = links(response.headers["Link"]).get("next")
    return items
