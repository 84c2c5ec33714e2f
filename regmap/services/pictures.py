"""Pictures of the map: what stands where on the paper, and which law holds there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

import numpy as np

from regmap.domain.doubt import GRAVEST_DOUBT, doubt_grade
from regmap.domain.errors import BoundaryNotAvailable
from regmap.domain.jurisdictions import Jurisdiction, height, subdivision_of
from regmap.domain.vocabulary import UPPER_LEVELS, Level, Substance
from regmap.domain.wording import said
from regmap.geo.atlas import Area
from regmap.geo.drawings import drawing_key
from regmap.geo.paths import Box, size_of
from regmap.geo.pictures import Outline, Paper, View, view_around, view_of_box
from regmap.geo.pictures import Pictures as Shapes
from regmap.geo.projections import albers, equal_earth
from regmap.services.browse import Browse
from regmap.services.lookup import Lookup
from regmap.services.maps import MapFeature, Maps, has_own_period
from regmap.services.snapshot import Snapshot

WORLD = "world"
UNITED_STATES = "US"

_CENTRAL = 11.0  # the cut lies in the Bering Sea then, east of Chukotka
_INHABITED = (_CENTRAL - 180.0, -57.0, _CENTRAL + 180.0, 83.7)
_LOWEST, _HIGHEST = 0.5, 0.95  # height of a map by its width
_LEAST = 0.6
"""Degrees of latitude: closer up the light shapes would look better than they are."""
_FINDABLE = 120  # tenths of a pixel: what a picture is about is no smaller
_INSET_MARGIN = 4  # pixels
_MARGIN = 0.03  # around a jurisdiction, by the width of the picture

# The standard parallels are those that the U.S. Geological Survey uses for each.
_CONTIGUOUS = albers(-96.0, 29.5, 45.5)
_INSETS = (  # keys, projection, and left, top, right, bottom by width and height of the map
    (("US-AK",), albers(-154.0, 55.0, 65.0), (0.0, 0.75, 0.24, 1.0)),
    (("US-HI",), albers(-157.0, 8.0, 18.0), (0.25, 0.84, 0.38, 1.0)),
    (("US-PR", "US-VI"), albers(-66.0, 17.0, 19.0), (0.57, 0.92, 0.73, 1.0)),
)
_INSET_IDS = frozenset(chain.from_iterable(keys for keys, _, _ in _INSETS))
_APART = _INSET_IDS | {"US-AS", "US-GU", "US-MP", "US-UM"}


@dataclass(frozen=True, slots=True)
class Painted:
    """One jurisdiction in its panel, in tenths of a pixel.

    ``doubt`` is 0, 1 or 2 (:func:`regmap.domain.doubt.doubt_grade`). Where the feature has no
    limits, or too small ones, ``outline.dot`` stands for it. ``focused``: the
    picture is about it.
    """

    feature: MapFeature
    outline: Outline
    doubt: int
    focused: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the paper with a projection of its own: left, top, right, bottom in pixels.

    ``backdrop``: land that the picture is not about, with the jurisdiction (None: disputed land).
    """

    frame: Box
    painted: Sequence[Painted]
    backdrop: Sequence[tuple[Jurisdiction | None, Outline]] = ()
    framed: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A map on paper: ``width`` and ``height`` in pixels.

    ``focus`` is the jurisdiction that it is about, None for the world and the United States,
    ``within`` the state around it where it is a county or a town;
    ``counted`` is what the legend counts; ``away`` is counted, but lies off the map.
    """

    width: int
    height: int
    panels: Sequence[Panel]
    counted: Sequence[MapFeature]
    away: Sequence[MapFeature] = ()
    focus: Jurisdiction | None = None
    within: Jurisdiction | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What a picture shows: a substance on a day, compared with another day or not."""

    substance: Substance
    day: date
    compare: date | None = None


class Pictures:
    """Draws pictures from one snapshot."""

    def __init__(
        self, snapshot: Snapshot, lookup: Lookup, browse: Browse, maps: Maps, shapes: Shapes
    ) -> None:
        self._snapshot = snapshot
        self._lookup = lookup
        self._browse = browse
        self._maps = maps
        self._shapes = shapes

    def picture(self, focus: str, question: Question, width: int) -> Picture:
        """The picture of the world, of the United States, or of any other jurisdiction.

        :param width: of the map in pixels.
        :raises UnknownJurisdiction: naming ``focus``.
        :raises BoundaryNotAvailable: if nobody knows where it lies.
        """
        if focus == WORLD:
            return self._world(question, width)
        if focus == UNITED_STATES:
            return self._united_states(question, width)
        return self._one(self._snapshot.tree.get(focus, "focus"), question, width)

    def _world(self, question: Question, width: int) -> Picture:
        counted = list(self._features(question))
        drawn_below = {
            self._snapshot.tree.get(one.key).parent for one in counted if one.point is None
        }
        # a country whose states are drawn would only fill the lakes between them
        shown = [one for one in counted if one.id not in drawn_below]
        view = view_of_box(equal_earth(_CENTRAL), _CENTRAL, _INHABITED)
        height = round(width * view.aspect)
        paper = Paper(self._shapes, view, (0, 0, width, height))
        disputed = self._maps.disputed(question.compare)
        painted = list(self._painted(paper, chain(shown, disputed), question))
        panel = Panel((0, 0, width, height), painted)
        return Picture(width, height, [panel], counted)

    def _united_states(self, question: Question, width: int) -> Picture:
        counted = [
            one
            for one in self._features(question)
            if self._snapshot.tree.get(one.key).parent == UNITED_STATES
        ]
        main = [one for one in counted if one.key not in _APART]
        view = self._shapes.view_of([one.key for one in main], projection=_CONTIGUOUS)
        high = width * view.aspect
        height = round(high * 1.06)  # room for the insets below
        panels = [self._panel(view, (0, 0, width, high), main, question)]
        for keys, projection, (left, top, right, bottom) in _INSETS:
            inset = [one for one in counted if one.key in keys]
            view = self._shapes.view_of(keys, projection=projection)
            frame = (width * left, height * top, width * right, height * bottom)
            panels.append(self._panel(view, frame, inset, question, framed=True))
        away = [one for one in counted if one.key in _APART - _INSET_IDS]
        return Picture(width, height, panels, counted, away)

    def _one(self, focus: Jurisdiction, question: Question, width: int) -> Picture:
        own = self._maps.feature(focus, question.substance, question.day, question.compare)
        if own is None:
            raise BoundaryNotAvailable(said("It is not known where {name} lies.", name=focus.name))
        view = self._view_of(focus)
        high = round(width * min(max(view.aspect, _LOWEST), _HIGHEST))
        paper = Paper(self._shapes, view, (0, 0, width, high), _MARGIN * width)
        local = [one for one in self._local(focus, question) if one.key != focus.id]
        # wide ones below: a town lies on top of the county that the picture may be about
        shown = sorted([own, *local], key=lambda one: height(one.level))
        painted = list(self._painted(paper, shown, question, focus.id))
        backdrop = [
            (area.jurisdiction, outline)
            for area in self._around(focus)
            if (outline := paper.outline(drawing_key(area))) is not None and outline.path
        ]
        panel = Panel((0, 0, width, high), painted, backdrop, framed=True)
        counted = [own, *(one.feature for one in painted if not one.focused)]
        local_to = None if focus.level in UPPER_LEVELS else subdivision_of(focus.id)
        within = self._snapshot.tree.get(local_to) if local_to else None
        return Picture(width, high, [panel], counted, focus=focus, within=within)

    def _view_of(self, focus: Jurisdiction) -> View:
        if self._maps.drawings.has(focus.id):
            return self._shapes.view_of([focus.id], _LEAST)
        point = self._browse.centroid(focus.id)
        return view_around(np.array([point]), _LEAST)

    def _panel(
        self,
        view: View,
        frame: Box,
        features: Sequence[MapFeature],
        question: Question,
        framed: bool = False,
    ) -> Panel:
        left, top, right, bottom = frame
        inside = (0, 0, right - left, bottom - top)
        paper = Paper(self._shapes, view, inside, _INSET_MARGIN if framed else 0)
        return Panel(frame, list(self._painted(paper, features, question)), framed=framed)

    def _features(self, question: Question) -> Iterator[MapFeature]:
        return self._maps.features(question.substance, question.day, UPPER_LEVELS, question.compare)

    def _local(self, focus: Jurisdiction, question: Question) -> Iterator[MapFeature]:
        """The rules below a jurisdiction; around a county or a town, those of its state."""
        scope = focus.id if focus.level in UPPER_LEVELS else subdivision_of(focus.id)
        for below in self._snapshot.tree.descendants(scope):
            if below.level not in UPPER_LEVELS and any(
                has_own_period(self._snapshot, below.id, question.substance, asked)
                for asked in (question.day, question.compare)
                if asked is not None
            ):
                feature = self._maps.feature(
                    below, question.substance, question.day, question.compare
                )
                if feature is not None:
                    yield feature

    def _around(self, focus: Jurisdiction) -> Iterator[Area]:
        """The land around a jurisdiction: its like, and what is wider, but nothing it lies in."""
        holding = {one.id for one in self._snapshot.tree.chain(focus.id)}
        of_states = UNITED_STATES in holding
        local = focus.level not in UPPER_LEVELS
        for area in self._snapshot.geography.atlas.areas:
            key = drawing_key(area)
            level = area.jurisdiction.level if area.jurisdiction else Level.TERRITORY
            if key in holding:
                continue
            if level is Level.COUNTY:
                if not local or subdivision_of(key) != subdivision_of(focus.id):
                    continue
            elif key.startswith("US-") and not of_states:
                continue
            yield area

    def _painted(
        self,
        paper: Paper,
        features: Iterable[MapFeature],
        question: Question,
        focus: str | None = None,
    ) -> Iterator[Painted]:
        for feature in features:
            if feature.point is None:
                outline = paper.outline(feature.key)
            else:
                outline = paper.dot(*feature.point)
            if outline is not None:
                focused = feature.id is not None and feature.id == focus
                if focused and size_of(outline.box) < _FINDABLE:
                    outline = replace(outline, path="", seam=None, dot=outline.middle)
                yield Painted(feature, outline, self._doubt(feature, question), focused)

    def _doubt(self, feature: MapFeature, question: Question) -> int:
        if feature.id is None:
            return GRAVEST_DOUBT
        answer = self._lookup.at_jurisdiction(feature.id, question.substance, question.day)
        if answer.resolution is None:
            return GRAVEST_DOUBT
        return doubt_grade(answer.resolution, self._lookup.today())
