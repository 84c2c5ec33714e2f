"""``/embed``: the map alone, to stand in a frame of somebody else's page."""

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from markupsafe import escape

from regmap.domain.errors import UnknownJurisdiction
from regmap.domain.wording import said, sentence
from regmap.geo.atlas import BBox
from regmap.http.context import services, today
from regmap.services.bundle import Services
from regmap.web.languages import asked_language
from regmap.web.map_config import (
    MapLevel,
    Pages,
    json_block,
    map_config,
    regions,
    site_addresses,
)
from regmap.web.page import link, page
from regmap.web.parameters import Parameters
from regmap.web.shapes import shape_urls

SMALLEST, LARGEST = 200, 2000
"""How wide and how high the map may be made, in pixels."""

_AROUND_POINT = 0.4  # degrees to each side of a town whose limits are not loaded
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
        substance = wishes.substance(snapshot.substances) or next(iter(snapshot.substances.values()))
        day, level = wishes.day("on"), wishes.code("level", MapLevel)
        shown = {"substance": substance.code, "on": day, "level": level, "view": _view(wishes)}
        focus = wishes.text("focus")
        fit = _focus_box(wishes, focus, asked)
        looks = {
            "theme": wishes.code("theme", Theme),
            "width": _pixels(wishes, "width"),
            "height": _pixels(wishes, "height"),
            "legend": wishes.flag("legend", default=True),
            "slider": wishes.flag("slider"),
        }
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


def embed_snippet(
    base_url: str, title: str, width: int | None = None, height: int = 480, **parameters: Any
) -> str:
    """The HTML that shows the map in a frame of another page; to be copied, so it is plain text.

    :param base_url: of this site, without a slash at its end.
    :param title: what the frame shows, for those who do not see it.
    :param width: of the frame in pixels; None: as wide as what it stands in.
    :param height: of the frame in pixels.
    :param parameters: of ``/embed``, as :func:`link` takes them.
    """
    address = base_url + link("/embed", **parameters)
    wide = f"{width}" if width else "100%"
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="{wide}"'
        f' height="{height}" loading="lazy" style="border: 0; max-width: 100%"></iframe>'
    )


def _config(asked: Services, shown: Mapping[str, object], fit: BBox | None) -> dict[str, Any]:
    """What the script is told; the state of the map comes from here, not from the address."""
    given = {**shown, "lang": asked_language()}
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
    """The box to show (west, south, east, north in degrees): a region's, or a jurisdiction's."""
    by_region: dict[str, BBox] = {one["code"]: one["bbox"] for one in regions()}
    if not focus or focus in by_region:
        return by_region.get(focus)
    try:
        id = asked.snapshot.tree.get(focus).id
    except UnknownJurisdiction as error:
        wishes.refuse("focus", sentence(error.args[0]))
        return None
    bbox, point = asked.browse.bbox(id), asked.browse.centroid(id)
    if bbox is None and point is not None:
        lon, lat = point
        around = _AROUND_POINT
        bbox = (lon - around, lat - around, lon + around, lat + around)
    if bbox is None:
        wishes.refuse("focus", said("Where this lies is not known, so the map cannot show it."))
    return bbox


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
