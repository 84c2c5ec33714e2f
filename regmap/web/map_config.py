"""What the map's script is told by the server: texts, codes, addresses, where to start.

It stands in the page as a block of JSON (``#map-config``), because the page may hold no script. The
script knows no text and no address of its own, so that one script serves the page in each language,
``/embed``, and a file that is opened from disk.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import orjson
from flask_babel import get_locale, gettext
from markupsafe import Markup

from regmap.domain.dates import EARLIEST_YEAR, LATEST_YEAR
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.vocabulary import (
    STATUSES,
    UPPER_LEVELS,
    Confidence,
    Direction,
    Level,
    Substance,
    age_applies,
)
from regmap.web.clock import asked_known_at
from regmap.web.languages import asked_language, language, told
from regmap.web.map_texts import map_texts
from regmap.web.words import territory_name, word

UNCHANGED = "unchanged"
"""The code of what is the same on both dates compared; the others are :class:`Direction`."""


class MapLevel(StrEnum):
    """How far down the map shows the law; ``auto``: local law too where it is zoomed in."""

    AUTO = "auto"
    COUNTRY = "country"
    STATE = "state"
    COUNTY = "county"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the script finds data; None: nowhere, so that what needs it is not offered.

    ``shapes`` are the sheets of shapes by name. A file that holds its data itself has all None.
    """

    shapes: Mapping[str, str] = field(default_factory=dict)
    timeline: str | None = None
    status: str | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class Pages:
    """Where links lead: paths of this site, or whole addresses; None: there is no link."""

    jurisdiction: str | None = None
    check: str | None = None
    table: str | None = None


SITE_PAGES = Pages(jurisdiction="/jurisdictions/", check="/check", table="/table")


def site_addresses(shapes: Mapping[str, str]) -> Addresses:
    """The addresses of a page on this site.

    :param shapes: those of the sheets of shapes by name (:meth:`Shapes.urls`).
    """
    return Addresses(shapes, "/api/v1/map/timeline", "/api/v1/status", "/api/v1/search")


def map_config(
    substances: Iterable[Substance],
    jurisdictions: Iterable[Jurisdiction],
    today: date,
    addresses: Addresses,
    pages: Pages = SITE_PAGES,
    *,
    keeps_address: bool = True,
) -> dict[str, Any]:
    """All that the script is told, in the language of the request.

    :param jurisdictions: those whose names the language may have words of its own for.
    :param keeps_address: whether the state of the map is written into the page's address.
    """
    kept = {"lang": asked_language(), "known_at": asked_known_at()}
    return {
        "language": language(),
        "texts": map_texts(),
        "months": [get_locale().months["format"]["wide"][month] for month in range(1, 13)],
        "statuses": status_entries(),
        "substances": [{"code": one.code, "name": told(one.name)} for one in substances],
        "levels": {level.value: word(level) for level in Level},
        "levels_shown": _LEVELS_SHOWN,
        "confidences": {confidence.value: word(confidence) for confidence in Confidence},
        "evidence": evidence_choices(),
        "directions": direction_words(),
        "names": _own_names(jurisdictions),
        "regions": regions(),
        "today": today,
        "first_day": f"{EARLIEST_YEAR}-01-01",
        "last_day": f"{LATEST_YEAR}-12-31",
        "addresses": asdict(addresses),
        "pages": asdict(pages),
        "keep": {name: text for name, text in kept.items() if text},
        "known_at": asked_known_at(),
        "keeps_address": keeps_address,
    }


def map_values(config: Mapping[str, Any]) -> dict[str, Any]:
    """What ``_map.html`` is filled with, beside ``substance`` (the one shown) and ``credits``."""
    return {
        "config": config,
        "config_json": json_block(config),
        "directions": config["directions"],
        "evidence": config["evidence"],
        "regions": config["regions"],
        "levels": map_levels(),
    }


def map_levels() -> dict[str, str]:
    """The choices of the level control, in words."""
    return {
        MapLevel.AUTO.value: gettext("Automatic"),
        MapLevel.COUNTRY.value: gettext("Countries"),
        MapLevel.STATE.value: gettext("Countries and states"),
        MapLevel.COUNTY.value: gettext("Counties and towns too"),
    }


def json_block(value: Any) -> Markup:
    """JSON that may stand inside a script element, whatever texts it holds."""
    text = orjson.dumps(value).decode()
    for character in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704  # escaped just now


def status_entries() -> list[dict[str, Any]]:
    """The statuses, most restrictive first, with their words and looks."""
    return [
        {
            "code": status.value,
            "label": told(entry.label),
            "fill": entry.fill,
            "outline": entry.outline,
            "hatched": entry.hatched,
            "age_applies": age_applies(status),
        }
        for status, entry in STATUSES.items()
    ]


def direction_words() -> dict[str, str]:
    """Which way the law moved, in words, as the legend lists it."""
    return {**{one.value: word(one) for one in Direction}, UNCHANGED: gettext("unchanged")}


def evidence_choices() -> dict[str, str]:
    """The choices of the filter by age of the evidence; without one, all is shown."""
    months = {
        str(number): gettext("at most %(number)s months old", number=number)
        for number in (6, 12, 24)
    }
    return {**months, "unknown": gettext("date not known")}


# What the level control shows, as /table has it in its address; None: all levels.
_LEVELS_SHOWN: Mapping[str, str | None] = {
    MapLevel.AUTO.value: None,
    MapLevel.COUNTRY.value: Level.COUNTRY.value,
    MapLevel.STATE.value: ",".join(level.value for level in Level if level in UPPER_LEVELS),
    MapLevel.COUNTY.value: None,
}


def regions() -> list[dict[str, Any]]:
    """Parts of the world to go to: code, name, box (west, south, east, north in degrees).

    A box with west greater than east lies across ±180°. ``start`` is what a wide map shows first.
    """
    boxes = {
        "start": (gettext("Start"), (-134, 6, 40, 63)),
        "world": (gettext("World"), (-170, -56, 180, 78)),
        "US": (gettext("United States"), (-125, 24.3, -66.5, 49.5)),
        "US-AK": (gettext("Alaska"), (-172, 51, -129.5, 71.5)),
        "US-HI": (gettext("Hawaii"), (-160.6, 18.7, -154.6, 22.4)),
        "US-PR": (gettext("Puerto Rico and the U.S. Virgin Islands"), (-67.5, 17.5, -64.3, 18.7)),
        "pacific": (gettext("Guam and the Northern Mariana Islands"), (144.3, 13.1, 146.2, 18.5)),
        "northeast": (gettext("Northeastern United States"), (-80.6, 38.3, -66.8, 47.6)),
        "north-america": (gettext("North America"), (-168, 7, -52, 72)),
        "caribbean": (gettext("Caribbean"), (-85.5, 9.5, -58.5, 27.5)),
        "south-america": (gettext("South America"), (-82, -56, -34, 13)),
        "europe": (gettext("Europe"), (-25, 34, 45, 71)),
        "africa": (gettext("Africa"), (-19, -36, 52, 38)),
        "middle-east": (gettext("Middle East"), (25, 12, 63.5, 42.5)),
        "south-east-asia": (gettext("South-East Asia"), (91, -11.5, 141.5, 29)),
        "asia": (gettext("Asia"), (25, -11, 150, 56)),
        "oceania": (gettext("Oceania"), (110, -48, -150, 15)),
    }
    return [{"code": code, "name": name, "bbox": bbox} for code, (name, bbox) in boxes.items()]


def _own_names(jurisdictions: Iterable[Jurisdiction]) -> dict[str, str]:
    """The names that the language has for countries and territories, by id."""
    names = ((one.id, territory_name(one)) for one in jurisdictions)
    return {id: name for id, name in names if name is not None}
