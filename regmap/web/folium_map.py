"""The map, made by folium: its element and its script, free of other hosts and inline code.

folium's own page loads ten files from four hosts, holds its script inline and names its elements
at random at each start. So only the two parts that we need are taken from it: the element, and
the script, which is served as a file. The shapes come later, by our own script (static/js/map.js),
because folium would put them into the page.

Rendering takes folium, and folium takes pandas: 60 MB that a worker has no other use for. So the
parts are kept in the cache, and only the first process to need them imports folium.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from regmap.files import replace_whole

ELEMENT_ID = "regmap"


@dataclass(frozen=True, slots=True)
class MapParts:
    """What a page with the map needs: the HTML of its element, and the script that fills it."""

    element: str
    script: str


def map_parts(cache_dir: Path | None) -> MapParts:
    """The parts of the map, from the cache or made now."""
    made_from = f"{version('folium')} {Path(__file__).read_text()}"
    name = f"map-{hashlib.sha256(made_from.encode()).hexdigest()[:16]}.json"
    kept = cache_dir / name if cache_dir else None
    parts = _kept(kept) if kept is not None else None
    if parts is not None:
        return parts
    parts = _rendered()
    if kept is not None:
        replace_whole(kept, json.dumps(asdict(parts)).encode())
    return parts


def _kept(file: Path) -> MapParts | None:
    """The parts in a file of the cache, or None where it is missing or damaged."""
    try:
        return MapParts(**json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _rendered() -> MapParts:
    import folium  # not at the top: see the head of this module
    from branca.element import MacroElement
    from folium.template import Template

    class Jurisdictions(MacroElement):
        """Hands the map over to our own script, which fetches and draws the jurisdictions."""

        _template = Template(
            "{% macro script(this, kwargs) %}"
            "regmap.draw({{ this._parent.get_name() }});"
            "{% endmacro %}"
        )

        def __init__(self) -> None:
            super().__init__()  # type: ignore[no-untyped-call]  # branca has types in part
            self._name = "Jurisdictions"

    drawn = folium.Map(
        location=[38, -60],
        zoom_start=3,
        tiles=None,  # a tile server would be another host
        min_zoom=1,
        max_zoom=12,
        zoom_snap=0.25,
        max_bounds=True,
        world_copy_jump=False,
    )
    drawn._id = ELEMENT_ID  # at random by default, so that page and script of two workers mismatch
    drawn.add_child(Jurisdictions())
    root: Any = drawn.get_root()
    root.render()
    return MapParts(element=root.html.render(), script=root.script.render())
