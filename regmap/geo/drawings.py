"""Light shapes for drawing: the topologies of ``data/boundaries/``, cut to what is asked for.

Imported limits come beside them, lightened when the program starts. Arcs are kept as ready JSON
text, so that answering is joining strings; only GeoJSON is decoded.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
import shapely

from regmap.domain.errors import DataProblem
from regmap.geo.atlas import Area, Atlas, Layer
from regmap.geo.outlines import arc, lightened
from regmap.geo.topology import features, geojson_geometry

_ARCS = b'"arcs":['
_KEPT_CUTS = 4  # a few hundred KB each; most days of most substances draw the same jurisdictions
IMPORTED = "limits"
"""The sheet of imported limits; no layer of the boundaries may have that name."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One topology: its arcs as JSON text, its geometries in the order of the layer's areas."""

    scale: float
    arcs: Sequence[orjson.Fragment]
    geometries: Sequence[Mapping[str, Any]]


class Drawings:
    """Simplified shapes by key (jurisdiction id), as TopoJSON or GeoJSON geometries.

    Drawn are all areas of the boundaries, and those imported limits that are a jurisdiction's.

    :raises DataProblem: if a topology is missing or damaged.
    """

    def __init__(self, atlas: Atlas) -> None:
        self._files = {layer.name: layer.topology for layer in atlas.layers.values()}
        self._sheets = {layer.name: _sheet(layer) for layer in atlas.layers.values()}
        scales = {sheet.scale for sheet in self._sheets.values()}
        if len(scales) != 1:
            raise DataProblem("the topologies lie on different lattices; build all of them again")
        self._scale = scales.pop()
        self._place = {drawing_key(area): (area.layer.name, area.place) for area in atlas.areas}
        self._about = {
            drawing_key(area): {"name": area.name, "note": area.note}
            for area in atlas.areas
            if area.jurisdiction is None
        }
        self._geojson: dict[str, list[orjson.Fragment]] = {}
        self._add_imported(atlas)
        self._arcs_of = lru_cache(_KEPT_CUTS)(self._find_arcs)

    def _add_imported(self, atlas: Atlas) -> None:
        """Draw the imported limits of jurisdictions that the boundaries do not have."""
        arcs: list[orjson.Fragment] = []
        geometries = []
        ready = self._geojson[IMPORTED] = []
        for area in atlas.imported:
            id = area.jurisdiction_id
            if id is None or id in self._place:
                continue
            drawn = lightened(area.shape, self._scale)
            self._place[id] = IMPORTED, len(ready)
            ready.append(orjson.Fragment(orjson.dumps(geojson_geometry(drawn))))
            parts = [
                [_added(arcs, arc(ring, self._scale)) for ring in (part.exterior, *part.interiors)]
                for part in shapely.get_parts(drawn).tolist()
            ]
            one = drawn.geom_type == "Polygon"
            geometries.append({"type": drawn.geom_type, "arcs": parts[0] if one else parts})
        self._sheets[IMPORTED] = _Sheet(self._scale, arcs, geometries)

    def has(self, key: str) -> bool:
        """Whether there is a drawing of that key (:func:`drawing_key`)."""
        return key in self._place

    @property
    def sheets(self) -> tuple[str, ...]:
        """The names of the sheets: one for each layer of the boundaries, and the imported limits.

        A sheet changes only when the program starts with other boundaries.
        """
        return tuple(self._sheets)

    def sheet_of(self, key: str) -> str | None:
        """The sheet that a key is drawn on, or None where it is not drawn."""
        place = self._place.get(key)
        return place[0] if place else None

    def sheet(self, name: str) -> bytes:
        """A whole sheet as a TopoJSON document with one object, ``shapes``.

        Each shape has the id of its jurisdiction and nothing else; disputed land has no id, but
        properties ``name`` and ``note``.
        """
        sheet = self._sheets[name]
        placed = sorted((row, key) for key, (other, row) in self._place.items() if other == name)
        geometries = []
        for row, key in placed:
            drawn = sheet.geometries[row]
            about = self._about.get(key)
            told = {"id": key} if about is None else {"properties": about}
            geometries.append({"type": drawn["type"], **told, "arcs": drawn["arcs"]})
        return orjson.dumps(self._document("shapes", geometries, sheet.arcs))

    @property
    def step(self) -> float:
        """Degrees between two lines of the lattice that all shapes lie on."""
        return self._scale

    def arcs(self, sheet: str) -> Iterator[list[list[int]]]:
        """The arcs of a sheet in order, each its first vertex and then the steps onward."""
        return (orjson.loads(orjson.dumps(one)) for one in self._sheets[sheet].arcs)

    def polygons(self, key: str) -> tuple[str, Sequence[Sequence[Sequence[int]]]]:
        """The sheet of a key, and its polygons: rings (outer first) of references to arcs."""
        name, row = self._place[key]
        drawn = self._sheets[name].geometries[row]
        return name, [drawn["arcs"]] if drawn["type"] == "Polygon" else drawn["arcs"]

    def geometry(self, key: str) -> orjson.Fragment:
        """The GeoJSON geometry of a key, as JSON text."""
        name, row = self._place[key]
        if name not in self._geojson:
            topology = json.loads(self._files[name].read_bytes())
            self._geojson[name] = [
                orjson.Fragment(orjson.dumps(geojson_geometry(shape)))
                for _, shape in features(topology, name)
            ]
        return self._geojson[name][row]

    def topology(
        self,
        wanted: Iterable[tuple[str, str | None, Mapping[str, Any]]],
        points: Sequence[Mapping[str, Any]],
    ) -> dict[str, Any]:
        """A TopoJSON document (one object, ``jurisdictions``) with only the arcs it needs.

        :param wanted: keys that have a drawing, each with its id (None: disputed land, which has
            none) and its properties.
        :param points: ready TopoJSON Point geometries to add, already on the lattice.
        """
        every = list(wanted)
        references, arcs = self._arcs_of(tuple(key for key, _, _ in every))
        geometries = [
            {
                "type": self._source(key)["type"],
                **({"id": id} if id else {}),
                "properties": properties,
                "arcs": referring,
            }
            for (key, id, properties), referring in zip(every, references, strict=True)
        ]
        return self._document("jurisdictions", [*geometries, *points], arcs)

    def _document(
        self, name: str, geometries: Sequence[Mapping[str, Any]], arcs: Sequence[orjson.Fragment]
    ) -> dict[str, Any]:
        """A topology of one object; no ``bbox``, which nothing here reads."""
        return {
            "type": "Topology",
            "transform": {"scale": [self._scale, self._scale], "translate": [0, 0]},
            "objects": {name: {"type": "GeometryCollection", "geometries": geometries}},
            "arcs": arcs,
        }

    def on_lattice(self, lon: float, lat: float) -> tuple[int, int]:
        """A position in degrees in the topology's whole numbers."""
        return round(lon / self._scale), round(lat / self._scale)

    def _source(self, key: str) -> Mapping[str, Any]:
        name, row = self._place[key]
        return self._sheets[name].geometries[row]

    def _find_arcs(self, keys: tuple[str, ...]) -> tuple[list[Any], list[orjson.Fragment]]:
        """The arc references of each key, and the arcs that they refer to."""
        arcs: list[orjson.Fragment] = []
        moved: dict[tuple[str, int], int] = {}
        references = [
            self._moved(self._source(key)["arcs"], self._place[key][0], moved, arcs) for key in keys
        ]
        return references, arcs

    def _moved(
        self,
        references: Any,
        name: str,
        moved: dict[tuple[str, int], int],
        arcs: list[orjson.Fragment],
    ) -> Any:
        """The arc references of a geometry, renumbered to ``arcs``, which grows by those new."""
        if isinstance(references, list):
            return [self._moved(reference, name, moved, arcs) for reference in references]
        number = references if references >= 0 else ~references
        if (name, number) not in moved:
            moved[name, number] = len(arcs)
            arcs.append(self._sheets[name].arcs[number])
        at = moved[name, number]
        return at if references >= 0 else ~at


def drawing_key(area: Area) -> str:
    """What a drawing is found by: the jurisdiction's id, or the name of disputed land."""
    return area.jurisdiction.id if area.jurisdiction else f"disputed {area.name}"


def _added(arcs: list[orjson.Fragment], points: list[list[int]]) -> list[int]:
    """A ring of one arc, put behind the others; the references that make the ring."""
    arcs.append(orjson.Fragment(orjson.dumps(points)))
    return [len(arcs) - 1]


def _sheet(layer: Layer) -> _Sheet:
    """Read a topology without making a number object of every vertex.

    The arcs, nearly all of the file, are cut apart as text: ``[[[x,y],…],[[x,y],…]]`` falls into
    arcs at ``]],[[``. Parsed, they would cost each worker 60 MB that Python never gives back.
    """
    try:
        text = layer.topology.read_bytes()
        start = text.rindex(_ARCS) + len(_ARCS)
        stop = text.index(b"]]]", start)
        head = json.loads(text[:start] + text[stop + 2 :])
        geometries = head["objects"][layer.name]["geometries"]
        scale = head["transform"]["scale"][0]
    except OSError as error:
        raise DataProblem(f"{layer.topology}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise DataProblem(f"{layer.topology}: damaged ({error!r})") from None
    arcs = [orjson.Fragment(b"[[" + arc + b"]]") for arc in text[start + 2 : stop].split(b"]],[[")]
    return _Sheet(scale, arcs, geometries)
