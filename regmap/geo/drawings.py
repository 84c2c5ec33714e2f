"""Light shapes for drawing: the topologies of ``data/boundaries/``, cut to what is asked for.

Arcs are kept as ready JSON text, so that answering is joining strings; only GeoJSON is decoded.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from regmap.domain.errors import DataProblem
from regmap.geo.atlas import Atlas, Layer
from regmap.geo.topology import features, geojson_geometry


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One topology: arcs as JSON on the common lattice, geometries in the file's order.

    ``geometries`` stand in the order of the layer's areas.
    """

    arcs: Sequence[orjson.Fragment]
    geometries: Sequence[Mapping[str, Any]]


class Drawings:
    """Simplified shapes by jurisdiction id, as TopoJSON or GeoJSON geometries.

    :raises DataProblem: if a topology is missing or damaged.
    """

    def __init__(self, atlas: Atlas) -> None:
        topologies = {layer.name: _read(layer) for layer in atlas.layers.values()}
        self._files = {layer.name: layer.topology for layer in atlas.layers.values()}
        # All layers are laid on the finest lattice, so that they share one transform.
        self._scale = min(topology["transform"]["scale"][0] for topology in topologies.values())
        self._sheets = {name: self._sheet(topology, name) for name, topology in topologies.items()}
        self._rows = [(area, area.layer.name, area.place) for area in atlas.areas]
        self._place = {
            area.jurisdiction.id: (name, row) for area, name, row in self._rows if area.jurisdiction
        }
        self._geojson: dict[str, list[orjson.Fragment]] = {}

    def has(self, jurisdiction_id: str) -> bool:
        """Whether there is a drawing of the jurisdiction."""
        return jurisdiction_id in self._place

    def geometry(self, jurisdiction_id: str) -> orjson.Fragment:
        """The GeoJSON geometry of a jurisdiction, as JSON text."""
        name, row = self._place[jurisdiction_id]
        if name not in self._geojson:
            topology = json.loads(self._files[name].read_bytes())
            self._geojson[name] = [
                orjson.Fragment(orjson.dumps(geojson_geometry(shape)))
                for _, shape in features(topology, name)
            ]
        return self._geojson[name][row]

    def topology(
        self, wanted: Iterable[tuple[str, Mapping[str, Any]]], points: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """A TopoJSON document (one object, ``jurisdictions``) with only the arcs it needs.

        :param wanted: jurisdiction ids that have a drawing, each with its properties.
        :param points: ready TopoJSON Point geometries to add, already on the lattice.
        """
        arcs: list[orjson.Fragment] = []
        moved: dict[tuple[str, int], int] = {}
        geometries = []
        for id, properties in wanted:
            name, row = self._place[id]
            source = self._sheets[name].geometries[row]
            geometries.append(
                {
                    "type": source["type"],
                    "id": id,
                    "properties": properties,
                    "arcs": self._moved(source["arcs"], name, moved, arcs),
                }
            )
        return {
            "type": "Topology",
            "transform": {"scale": [self._scale, self._scale], "translate": [0, 0]},
            "objects": {
                "jurisdictions": {
                    "type": "GeometryCollection",
                    "geometries": [*geometries, *points],
                }
            },
            "arcs": arcs,
        }

    def on_lattice(self, lon: float, lat: float) -> tuple[int, int]:
        """A position in degrees in the topology's whole numbers."""
        return round(lon / self._scale), round(lat / self._scale)

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

    def _sheet(self, topology: Mapping[str, Any], name: str) -> _Sheet:
        scale = np.array(topology["transform"]["scale"])
        translate = np.array(topology["transform"]["translate"])
        ratio = np.round(scale / self._scale).astype(int)
        shift = np.round(translate / self._scale).astype(int)
        if not np.array_equal(ratio * self._scale, scale):
            raise DataProblem(f"{self._files[name]}: its lattice does not fit those of the others")
        arcs = []
        for arc in topology["arcs"]:
            steps = np.asarray(arc) * ratio
            steps[0] += shift
            arcs.append(orjson.Fragment(orjson.dumps(steps.tolist())))
        return _Sheet(arcs, topology["objects"][name]["geometries"])


def _read(layer: Layer) -> dict[str, Any]:
    try:
        topology: dict[str, Any] = json.loads(layer.topology.read_bytes())
        if topology["type"] != "Topology" or layer.name not in topology["objects"]:
            raise ValueError(f"holds no object {layer.name!r}")
    except OSError as error:
        raise DataProblem(f"{layer.topology}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise DataProblem(f"{layer.topology}: damaged ({error})") from None
    return topology
