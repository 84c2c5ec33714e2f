"""The map as one file that holds everything itself, to be opened from disk with no network.

It is made of the page's own parts: the same element, scripts, styles and texts. What the page asks
the server for stands in the file as blocks of JSON, and what needs a server is left out.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from flask import render_template
from flask_babel import gettext
from markupsafe import Markup

from regmap.domain.dates import EARLIEST_YEAR
from regmap.domain.vocabulary import Substance
from regmap.geo.drawings import IMPORTED, Drawings
from regmap.schemas.timeline_answers import MapTimelineSchema
from regmap.services.bundle import Services
from regmap.services.lookup import Answer
from regmap.services.map_timeline import MapTimeline, TimelineItem
from regmap.web.assets import Assets, present_assets
from regmap.web.credits import imported_credits
from regmap.web.focus import focus_box
from regmap.web.languages import language, shown_date, told
from regmap.web.map_config import (
    Addresses,
    MapLevel,
    Pages,
    json_block,
    map_config,
    map_levels,
    map_values,
)

_SCRIPTS = ("vendor/leaflet/leaflet.js", "vendor/topojson-client/topojson-client.min.js", "map.js")
_STYLES = ("vendor/leaflet/leaflet.css", "site.css")
_LICENCES = {
    "Leaflet": "vendor/leaflet/LICENSE",
    "topojson-client": "vendor/topojson-client/LICENSE",
}

# Of Leaflet's own controls and markers, none of which the map uses.
_PICTURE_FILE = re.compile(r"url\((?!#|['\"]?data:)[^)]*\)")
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)

# The sheets of shapes that show a level; of the local ones, what the law speaks of is enough.
_SHEETS: Mapping[str, tuple[str, ...]] = {
    MapLevel.COUNTRY: ("countries",),
    MapLevel.STATE: ("countries", "states"),
    MapLevel.AUTO: ("countries", "states", "counties", IMPORTED),
    MapLevel.COUNTY: ("countries", "states", "counties", IMPORTED),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a file is to show.

    ``made`` is the day of the data's last edit: the file speaks as of that day, whenever it is
    opened. ``day`` is the one shown first. ``focus`` is a region's code or a jurisdiction's id.
    """

    substance: Substance
    day: date
    made: date
    level: MapLevel
    focus: str | None


def offline_page(asked: Services, wish: Wish) -> str:
    """The file, as HTML, in the language of the request.

    :raises InvalidValue: naming ``focus``.
    """
    assets = present_assets()
    scripts = [_script(assets, name) for name in _SCRIPTS]
    timeline = asked.timelines.of(wish.substance)
    return render_template(
        "offline.html",
        **map_values(_config(asked, wish)) | {"levels": _offered(wish.level)},
        title=title_of(wish.substance, wish.day),
        substance=wish.substance.code,
        credits=imported_credits(asked.snapshot.geography),
        day=wish.day,
        made=wish.made,
        data_version=asked.snapshot.data_version,
        policy=_policy(scripts),
        styles=[Markup(_style(assets, name)) for name in _STYLES],  # noqa: S704  # our own files
        scripts=[Markup(script) for script in scripts],  # noqa: S704  # our own files
        blocks=dict(_blocks(asked, wish, timeline)),
        icon=_data_address(assets.body("img/icon.svg"), "image/svg+xml"),
        licences={name: assets.text(file) for name, file in _LICENCES.items()},
    )


def _config(asked: Services, wish: Wish) -> dict[str, Any]:
    snapshot = asked.snapshot
    config = map_config(
        [wish.substance], snapshot.tree, wish.made, Addresses(), Pages(), keeps_address=False
    )
    config["texts"] |= {
        "day_today": gettext("as the data stand"),
        "sources": gettext("Sources"),
        "nothing_found": gettext("Nothing found among the names in this file."),
    }
    day = f"on={wish.day}&" if wish.day != wish.made else ""
    search = f"{day}level={wish.level}"
    return {**config, "search": search, "fit": focus_box(asked, wish.focus)}


def _offered(level: MapLevel) -> dict[str, str]:
    """The levels that a file with the shapes of one can show, in words."""
    shown = set(_SHEETS[level])
    return {code: name for code, name in map_levels().items() if shown.issuperset(_SHEETS[code])}


def _blocks(asked: Services, wish: Wish, timeline: MapTimeline) -> Iterator[tuple[str, Markup]]:
    """The data by the name that the script finds it by."""
    shown = {"substance": wish.substance.code, "steps": timeline.steps, "items": timeline.items}
    yield f"timeline:{wish.substance.code}", json_block(MapTimelineSchema().dump(shown))
    drawings = asked.maps.drawings
    for sheet in _SHEETS[wish.level]:
        is_local = sheet == IMPORTED or (sheet == "counties" and wish.level is not MapLevel.COUNTY)
        shapes = _local_shapes(drawings, sheet, timeline) if is_local else drawings.sheet(sheet)
        yield f"shapes:{sheet}", json_block(orjson.Fragment(shapes))
    yield "answers", json_block(_answers(asked, wish, timeline.items))


def _local_shapes(drawings: Drawings, sheet: str, timeline: MapTimeline) -> bytes:
    """A sheet with the shapes alone that the timeline tells of."""
    ids = [item.jurisdiction.id for item in timeline.items if item.sheet == sheet]
    topology = drawings.topology([(id, id, {}) for id in ids], [])
    [shapes] = topology["objects"].values()
    return orjson.dumps({**topology, "objects": {"shapes": shapes}, "partial": True})


def _answers(asked: Services, wish: Wish, items: Sequence[TimelineItem]) -> dict[str, Any]:
    """What popups tell: for each jurisdiction, from which day on which of the answers holds."""
    places: dict[bytes, int] = {}
    turns: dict[str, list[tuple[date | None, int]]] = {}
    for item in items:
        id = item.jurisdiction.id
        for segment in item.segments:
            day = segment.start or date(EARLIEST_YEAR, 1, 1)
            answer = orjson.dumps(_told(asked.lookup.at_jurisdiction(id, wish.substance, day)))
            place = places.setdefault(answer, len(places))
            turns.setdefault(id, []).append((segment.start, place))
    answers = [orjson.Fragment(answer) for answer in places]
    return {"language": language(), "turns": turns, "answers": answers}


def _told(answer: Answer) -> dict[str, Any]:
    """An answer in words, with its sources."""
    governing = answer.resolution.governing if answer.resolution else None
    period = governing.period if governing else None
    sources = period.sources if period else ()
    return {
        "effective": {"summary": period.summary if period else None},
        "warnings": [told(warning) for warning in answer.warnings],
        "sources": [{"title": source.title, "url": source.url} for source in sources],
    }


def _script(assets: Assets, name: str) -> str:
    """A script as it may stand in a script element."""
    return _inside(_SOURCE_MAP.sub("", assets.text(name)), "script", name)


def _style(assets: Assets, name: str) -> str:
    """A style sheet as it may stand in a style element, asking for no file."""
    return _inside(_PICTURE_FILE.sub("none", assets.text(name)), "style", name)


def _inside(text: str, element: str, name: str) -> str:
    """A text that may stand in an element as it is.

    Browsers read a line end of Windows as a plain one, and would find another hash.
    """
    if re.search(rf"</{element}|<!--", text, re.IGNORECASE):
        raise ValueError(f"{name} would end its element early")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _policy(scripts: Sequence[str]) -> str:
    """The Content-Security-Policy: these very scripts, and nothing from anywhere."""
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    hashes = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def _data_address(body: bytes, mimetype: str) -> str:
    return f"data:{mimetype};base64,{base64.b64encode(body).decode()}"


def title_of(substance: Substance, day: date) -> str:
    """What a map shows, in a line."""
    return gettext(
        "%(substance)s: the law on %(day)s", substance=told(substance.name), day=shown_date(day)
    )
