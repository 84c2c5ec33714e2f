"""Shapes on paper: the light drawings, projected, thinned and cut to a frame, as SVG path data.

All numbers on paper are whole tenths of a pixel (:data:`TENTHS`); x grows to the east, y downwards.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import shapely

from regmap.geo.atlas import Atlas
from regmap.geo.drawings import Drawings
from regmap.geo.paths import Box, Ring, box_of, closed, cut, inside_of, room_of, seam, size_of
from regmap.geo.projections import Numbers, Projection, fitted

TENTHS = 10
"""Units of the paper in a pixel."""

_CELL = 12
"""Tenths: of the vertices that follow each other inside a cell of this width one is drawn."""
_BLEED = 300.0
"""Tenths around the frame that are drawn too, so that cut edges stay out of sight."""
_DOT = 35
"""Tenths: a shape whose largest part is smaller each way can only be seen as a dot."""
_MAIN = 0.0005
"""A part with this share of the largest one's area belongs into the frame: the Canaries do,
Easter Island does not."""
_CLOSE_UP = 40.0
"""Pixels a degree: from here on the light shapes look light, so the exact ones are drawn."""
_HALF_TURN = 180.0
_KEPT_PAPERS = 8
"""How many papers keep what was drawn on them: that of the world, and the four of the U.S."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A shape on paper, as SVG path data.

    ``seam`` are the lines of the path that are no border but a cut along ±180°: to be painted over
    like the shape's inside. ``dot`` (x, y) stands for a shape too small to be seen. ``box`` is
    that of its largest part in the frame, ``middle`` a spot inside that part, where a name belongs.
    """

    path: str
    seam: str | None
    dot: tuple[int, int] | None
    box: Box
    middle: tuple[int, int]


@dataclass(frozen=True, slots=True)
class View:
    """A part of the world in a projection.

    ``central`` is the longitude (degrees) that shapes are turned towards; ``extent`` is left,
    bottom, right, top in radii.
    """

    project: Projection
    central: float
    extent: Box

    @property
    def aspect(self) -> float:
        """Its height by its width."""
        west, south, east, north = self.extent
        return (north - south) / (east - west)


def view_of_box(project: Projection, central: float, box: Box) -> View:
    """All that lies between two meridians and two parallels.

    :param box: west, south, east, north in degrees.
    """
    west, south, east, north = box
    lon, lat = np.meshgrid(np.linspace(west, east, 65), np.linspace(south, north, 65))
    return _view(project, central, np.column_stack([lon.ravel(), lat.ravel()]))


def view_around(points: Numbers, least: float = 0.0, projection: Projection | None = None) -> View:
    """The view that holds some points.

    :param points: (n, 2) longitudes and latitudes in degrees.
    :param projection: None: what fits them.
    :param least: degrees of latitude that are shown at least.
    """
    (west, south), (east, north) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    central, middle = (west + east) / 2, (south + north) / 2
    high = max(least - (north - south), 0.0) / 2
    wide = max(least / np.cos(np.radians(middle)) - (east - west), 0.0) / 2
    project = projection or fitted(west - wide, south - high, east + wide, north + high)
    corners = [(west - wide, south - high), (east + wide, north + high)] if high or wide else []
    return _view(project, central, np.concatenate([points, np.reshape(corners, (-1, 2))]))


def _view(project: Projection, central: float, points: Numbers) -> View:
    x, y = project(points[:, 0], points[:, 1])
    extent = float(x.min()), float(y.min()), float(x.max()), float(y.max())
    return View(project, central, extent)


class _Lines:
    """Lines in degrees, one behind the other in one array: arcs of a sheet, or whole rings.

    Drawings lie on a lattice of binary fractions, which single precision holds exactly.
    """

    def __init__(self, degrees: Any, lengths: npt.NDArray[np.intp]) -> None:
        self.degrees = degrees
        self.ends = np.cumsum(lengths)
        self.starts = self.ends - lengths
        lon = degrees[:, 0]
        self.on_seam = np.abs(lon) == _HALF_TURN
        self.west = np.minimum.reduceat(lon, self.starts) if len(lengths) else lon
        self.east = np.maximum.reduceat(lon, self.starts) if len(lengths) else lon

    @classmethod
    def of_sheet(cls, drawings: Drawings, name: str) -> Self:
        """The arcs of a sheet."""
        arcs = [np.cumsum(np.array(arc, dtype=np.int32), axis=0) for arc in drawings.arcs(name)]
        lattice = np.concatenate([np.empty((0, 2), dtype=np.int32), *arcs])
        lengths = np.array([len(arc) for arc in arcs], dtype=np.intp)
        return cls((lattice * drawings.step).astype(np.float32), lengths)

    @classmethod
    def of_shape(cls, shape: Any) -> Self:
        """The rings of a shape (shapely Polygon or MultiPolygon; degrees, lon/lat)."""
        rings = shapely.get_rings(shapely.get_parts(shape))
        return cls(shapely.get_coordinates(rings), shapely.get_num_coordinates(rings))

    def middle(self, references: Sequence[int]) -> float:
        """The longitude halfway through a ring."""
        lines = [at if at >= 0 else ~at for at in references]
        return float(min(self.west[lines]) + max(self.east[lines])) / 2

    def ring(self, references: Sequence[int]) -> Numbers:
        """A closed ring in degrees."""
        pieces = []
        for at in references:
            line = self.degrees[
                self.starts[at if at >= 0 else ~at] : self.ends[at if at >= 0 else ~at]
            ]
            pieces.append(line if at >= 0 else line[::-1])
        return np.concatenate(pieces).astype(np.float64)


class Pictures:
    """Puts drawings on paper; sheets are taken apart once, when they are first needed."""

    def __init__(self, drawings: Drawings, atlas: Atlas) -> None:
        self.drawings = drawings
        self._atlas = atlas
        self._sheets: dict[str, _Lines] = {}
        self._outlines = lru_cache(_KEPT_PAPERS)(_nothing_drawn)

    def outlines(self, view: View, frame: Box, margin: float) -> dict[str, Outline | None]:
        """What was drawn on a paper before, by key: law changes, but not where it holds."""
        return self._outlines(view, frame, margin)

    def sheet(self, name: str) -> _Lines:
        """The arcs of the sheet of that name."""
        if name not in self._sheets:
            self._sheets[name] = _Lines.of_sheet(self.drawings, name)
        return self._sheets[name]

    def exact(self, key: str) -> _Lines | None:
        """The rings of the exact shape of a key, or None for disputed land."""
        known = self._atlas.limits_of(key) is not None
        return _Lines.of_shape(self._atlas.shape(key)) if known else None

    def view_of(
        self, keys: Iterable[str], least: float = 0.0, projection: Projection | None = None
    ) -> View:
        """The main parts of some drawings, in a projection of theirs or the one that fits them.

        :param least: degrees of latitude that are shown at least.
        """
        main: list[Numbers] = []
        for key in keys:
            rings = list(self._outer_rings(key))
            areas = [_area(ring) * np.cos(np.radians(ring[:, 1].mean())) for ring in rings]
            centre = _middle(main[0] if main else rings[int(np.argmax(areas))])
            for ring, area in zip(rings, areas, strict=True):
                if area >= _MAIN * max(areas):
                    turn = turn_to(_middle(ring), centre)
                    main.append(np.column_stack([ring[:, 0] + turn, ring[:, 1]]))
        return view_around(np.concatenate(main), least, projection)

    def _outer_rings(self, key: str) -> Iterator[Numbers]:
        name, polygons = self.drawings.polygons(key)
        return (self.sheet(name).ring(rings[0]) for rings in polygons)


class Paper:
    """A frame on paper that holds a view.

    :param frame: left, top, right, bottom in pixels; what the view leaves free is drawn, too.
    :param margin: pixels inside the frame that the view keeps free.
    """

    def __init__(self, pictures: Pictures, view: View, frame: Box, margin: float = 0.0) -> None:
        self._pictures = pictures
        self._view = view
        self._projected: dict[tuple[str, float], _OnPaper] = {}
        self._drawn = pictures.outlines(view, frame, margin)
        left, top, right, bottom = (TENTHS * side for side in frame)
        self.frame: Box = left, top, right, bottom
        west, south, east, north = view.extent
        wide, high = right - left - 2 * TENTHS * margin, bottom - top - 2 * TENTHS * margin
        self._scale = min(wide / (east - west), high / (north - south))
        self._x = (left + right - self._scale * (west + east)) / 2
        self._y = (top + bottom + self._scale * (south + north)) / 2

    def dot(self, lon: float, lat: float) -> Outline | None:
        """A position in degrees as a dot, or None where it does not lie in the frame."""
        turned = np.array([lon + turn_to(lon, self._view.central)])
        placed = self._placed(turned, np.array([lat]))
        x, y = int(placed[0][0]), int(placed[1][0])
        return Outline("", None, (x, y), (x, y, x, y), (x, y)) if self._holds(x, y) else None

    def outline(self, key: str) -> Outline | None:
        """A drawing on the paper, or None where nothing of it lies in the frame."""
        if key not in self._drawn:
            self._drawn[key] = self._draw(key)
        return self._drawn[key]

    def _draw(self, key: str) -> Outline | None:
        rings = list(self._light_rings(key))
        if rings and self._is_close_up:
            rings = list(self._exact_rings(key)) or rings
        return self._written(rings) if rings else None

    @property
    def _is_close_up(self) -> bool:
        return np.radians(self._scale) > _CLOSE_UP * TENTHS

    def _light_rings(self, key: str) -> Iterator[Ring]:
        name, polygons = self._pictures.drawings.polygons(key)
        sheet = self._pictures.sheet(name)
        for polygon in polygons:
            turn = turn_to(sheet.middle(polygon[0]), self._view.central)
            on_paper = self._sheet(name, turn)
            if self._is_near(on_paper.box(polygon[0])):
                yield from map(on_paper.ring, polygon)

    def _exact_rings(self, key: str) -> Iterator[Ring]:
        lines = self._pictures.exact(key)
        if lines is None:
            return
        turns = -360.0 * np.rint(((lines.west + lines.east) / 2 - self._view.central) / 360.0)
        lon = lines.degrees[:, 0] + np.repeat(turns, lines.ends - lines.starts)
        on_paper = _OnPaper(lines, *self._placed(lon, lines.degrees[:, 1]))
        for at in range(len(lines.ends)):
            if self._is_near(on_paper.box([at])):
                yield on_paper.ring([at])

    def _written(self, rings: list[Ring]) -> Outline | None:
        largest = max(map(box_of, rings), key=room_of)
        if size_of(largest) < _DOT:
            middle = (largest[0] + largest[2]) / 2, (largest[1] + largest[3]) / 2
            if not self._holds(*middle):
                return None
            dot = round(middle[0]), round(middle[1])
            return Outline("", None, dot, largest, dot)
        around = self._around()
        parts = [part for ring in rings if (part := cut(ring, around)) is not None]
        path = "".join(map(closed, parts))
        if not path:
            return None
        part = max(parts, key=lambda one: room_of(box_of(one)))
        return Outline(path, "".join(map(seam, rings)) or None, None, box_of(part), inside_of(part))

    def _sheet(self, name: str, turn: float) -> "_OnPaper":
        if (name, turn) not in self._projected:
            sheet = self._pictures.sheet(name)
            degrees = sheet.degrees.astype(np.float64)
            x, y = self._placed(degrees[:, 0] + turn, degrees[:, 1])
            self._projected[name, turn] = _OnPaper(sheet, x, y)
        return self._projected[name, turn]

    def _placed(self, lon: Numbers, lat: Numbers) -> tuple[Ring, Ring]:
        x, y = self._view.project(lon, lat)
        return (
            np.rint(self._x + self._scale * x).astype(np.int32),
            np.rint(self._y - self._scale * y).astype(np.int32),
        )

    def _around(self) -> Box:
        left, top, right, bottom = self.frame
        return left - _BLEED, top - _BLEED, right + _BLEED, bottom + _BLEED

    def _is_near(self, box: Box) -> bool:
        left, top, right, bottom = self._around()
        return box[0] < right and box[2] > left and box[1] < bottom and box[3] > top

    def _holds(self, x: float, y: float) -> bool:
        left, top, right, bottom = self.frame
        return left <= x <= right and top <= y <= bottom


class _OnPaper:
    """Lines on paper, with few vertices."""

    def __init__(self, lines: _Lines, x: Any, y: Any) -> None:
        vertices = np.column_stack([x, y, lines.on_seam])
        kept = _kept(vertices, lines)
        # where the vertices of an arc stand among those kept
        counted = np.concatenate([[0], np.cumsum(kept)])
        self._first, self._last = counted[lines.starts], counted[lines.ends]
        self._vertices = vertices[kept]

    @cached_property
    def _boxes(self) -> npt.NDArray[np.int32]:
        low = np.minimum.reduceat(self._vertices[:, :2], self._first)
        high = np.maximum.reduceat(self._vertices[:, :2], self._first)
        return np.column_stack([low, high])

    def box(self, references: Sequence[int]) -> Box:
        """The box around a ring."""
        boxes = self._boxes[[at if at >= 0 else ~at for at in references]]
        left, top = boxes[:, :2].min(axis=0).tolist()
        right, bottom = boxes[:, 2:].max(axis=0).tolist()
        return left, top, right, bottom

    def ring(self, references: Sequence[int]) -> Ring:
        """A closed ring: the last vertex is the first one."""
        pieces = []
        for at in references:
            arc = at if at >= 0 else ~at
            line = self._vertices[self._first[arc] : self._last[arc]]
            pieces.append(line if at >= 0 else line[::-1])
        return np.concatenate(pieces)


def turn_to(lon: float, central: float) -> float:
    """The whole turn in degrees that brings a longitude within half a turn of another."""
    return -360.0 * round((lon - central) / 360.0)


def _nothing_drawn(_: View, __: Box, ___: float) -> dict[str, Outline | None]:
    return {}


def _kept(vertices: Ring, lines: _Lines) -> npt.NDArray[np.bool_]:
    """Which vertices to draw: one in each cell that a line passes, and the ends of every arc."""
    cells = vertices[:, :2] // _CELL
    kept = np.ones(len(vertices), dtype=np.bool_)
    kept[1:] = (cells[1:] != cells[:-1]).any(axis=1)
    kept |= lines.on_seam
    kept[lines.starts] = True
    kept[lines.ends - 1] = True
    return kept


def _middle(ring: Numbers) -> float:
    return float(ring[:, 0].min() + ring[:, 0].max()) / 2


def _area(ring: Numbers) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return abs(float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))) / 2
