"""``/embed``: the map alone, to stand in a frame of somebody else's page."""

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from markupsafe import escape

from regmap.domain.errors import InvalidValue
from regmap.domain.wording import said
from regmap.geo.atlas import BBox
from regmap.http.context import services, today
from regmap.services.bundle import Services
from regmap.web.clock import asked_known_at
from regmap.web.focus import focus_box
from regmap.web.languages import asked_language
from regmap.web.map_config import (
    MapLevel,
    Pages,
    json_block,
    map_config,
    site_addresses,
)
from regmap.web.page import link, page
from regmap.web.parameters import Parameters
from regmap.web.shapes import shape_urls

SMALLEST, LARGEST = 200, 2000
"""How wide and how high the map may be made, in pixels."""

SNIPPET = (
    '<iframe src="%(address)s" title="%(title)s" width="800" height="480" loading="lazy"'
    ' style="border: 0; max-width: 100%"></iframe>'
)
"""HTML for other pages, with places for two texts that are escaped."""

_MOST_ZOOM = 20


class Theme(StrEnum):
    """Light or dark, whatever the reader's system says."""

    LIGHT = "light"
    DARK = "dark"


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/embed")
    def embed() -> Response:
        """The map alone, as its address asks for it.

        :raises InvalidValue: naming every parameter that cannot be used.
        """
        asked = services()
        snapshot = asked.snapshot
        wishes = Parameters(request.args)
        first = next(iter(snapshot.substances.values()))
        substance = wishes.substance(snapshot.substances) or first
        day, level = wishes.day("on"), wishes.code("level", MapLevel)
        shown = {"substance": substance.code, "on": day, "level": level, "view": _view(wishes)}
        focus = wishes.text("focus")
        fit = _focus_box(wishes, focus, asked)
        looks = _looks(wishes)
        wishes.check()
        whole = {**shown, "focus": focus if focus in snapshot.tree else None}
        return page(
            "embed.html",
            config_json=json_block(_config(asked, shown, fit)),
            addresses=site_addresses(shape_urls()),
            substance=substance,
            day=day or today(),
            whole_map=link("/", **whole),
            data_version=snapshot.data_version,
            **looks,
        )


def _looks(wishes: Parameters) -> dict[str, Any]:
    return {
        "theme": wishes.code("theme", Theme),
        "width": _pixels(wishes, "width"),
        "height": _pixels(wishes, "height"),
        "legend": wishes.flag("legend", default=True),
        "slider": wishes.flag("slider"),
    }


def embed_snippet(address: str, title: str) -> str:
    """The HTML that shows the map in a frame of another page; plain text, to be copied.

    :param address: of ``/embed`` with its parameters and with this site's host.
    :param title: what the frame shows, for those who do not see it.
    """
    filled = SNIPPET.replace("%(address)s", str(escape(address)))
    return filled.replace("%(title)s", str(escape(title)))


def _config(asked: Services, shown: Mapping[str, object], fit: BBox | None) -> dict[str, Any]:
    """What the script is told; the state of the map comes from here, not from the address."""
    given = {**shown, "lang": asked_language(), "known_at": asked_known_at()}
    config = map_config(
        asked.snapshot.substances.values(),
        asked.snapshot.tree,
        today(),
        site_addresses(shape_urls()),
        Pages(jurisdiction="/jurisdictions/", check="/check"),
        keeps_address=False,
    )
    search = urlencode({name: str(value) for name, value in given.items() if value})
    return {**config, "search": search, "fit": fit}


def _focus_box(wishes: Parameters, focus: str, asked: Services) -> BBox | None:
    try:
        return focus_box(asked, focus)
    except InvalidValue as error:
        for message in error.errors["focus"]:
            wishes.refuse("focus", message)
        return None


def _view(wishes: Parameters) -> str | None:
    """The middle and zoom of the map, as the map page writes them: ``latitude,longitude,zoom``."""
    text = wishes.text("view")
    if not text:
        return None
    try:
        lat, lon, zoom = (float(part) for part in text.split(","))
    except ValueError:
        lat = lon = zoom = math.nan
    if abs(lat) <= 90 and abs(lon) <= 360 and 0 <= zoom <= _MOST_ZOOM:
        return text
    wishes.refuse("view", said("Must be latitude, longitude and zoom, with commas between."))
    return None


def _pixels(wishes: Parameters, name: str) -> int | None:
    """A size of the map; None: as large as the frame."""
    text = wishes.text(name)
    if not text:
        return None
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST))
    if is_number and SMALLEST <= int(text) <= LARGEST:
        return int(text)
    wanted = said("Must be a whole number from {low} to {high}.", low=SMALLEST, high=LARGEST)
    wishes.refuse(name, wanted)
    return None
