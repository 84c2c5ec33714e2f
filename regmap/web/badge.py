"""``/jurisdictions/{id}/badge.svg``: the status of a substance as a small picture for any site."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, render_template
from flask_babel import gettext

from regmap.domain.colours import INKS
from regmap.domain.outlook import direction
from regmap.domain.resolution import Resolution
from regmap.domain.vocabulary import STATUSES, Confidence, Direction, Status
from regmap.http import caching, headers
from regmap.http.context import services
from regmap.web.clock import known_at_words
from regmap.web.languages import shown_date, told
from regmap.web.lettering import text_width
from regmap.web.page import asked_day, asked_substance, in_language
from regmap.web.words import plain_name, status_words

_FONT_SIZE = 11
_PADDING = 8
_LONGEST = 80  # characters of a cell; what is longer is cut


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of the badge: its text, left edge and width in pixels, ground and ink."""

    text: str
    x: int
    width: int
    fill: str
    ink: str
    hatched: bool = False

    @property
    def middle(self) -> float:
        """Where its text is centred, in pixels."""
        return self.x + self.width / 2

    @property
    def text_width(self) -> int:
        """The room of the text: browsers fit it in, whatever font they have."""
        return self.width - 2 * _PADDING


def join(pages: Blueprint) -> None:
    """Register the picture."""

    @pages.get("/jurisdictions/<jurisdiction_id>/badge.svg")
    def badge(jurisdiction_id: str) -> Response:
        """The status of a substance in a jurisdiction on a day."""
        asked = services()
        found = asked.snapshot.tree.get(jurisdiction_id)
        substance, day = asked_substance(), asked_day()
        resolution = asked.lookup.at_jurisdiction(found.id, substance, day).resolution
        local = (
            (period.status, period.min_age)
            for _, period in asked.browse.with_own_rule(found.id, substance.code, day)
        )
        texts = [
            gettext(
                "%(substance)s in %(place)s",
                substance=told(substance.name),
                place=plain_name(found),
            ),
            badge_status(resolution, local),
            _when(day),
        ]
        texts = [_printable(text) for text in texts]
        cells = badge_cells(texts, resolution.status if resolution else Status.UNKNOWN)
        what, status, when = texts
        title = gettext("%(what)s: %(status)s, %(when)s", what=what, status=status, when=when)
        return _picture(render_template("badge.svg", cells=cells, title=title))


def badge_status(resolution: Resolution | None, local: Iterable[tuple[Status, int | None]]) -> str:
    """The status in a few words, with what keeps it from being taken at its word.

    :param local: the statuses and ages of the rules below.
    """
    if resolution is None:
        return status_words(Status.UNKNOWN, None)
    status = status_words(resolution.status, resolution.min_age)
    if resolution.strictest_possible is not resolution.status:
        return gettext("%(status)s, or stricter", status=status)
    here = resolution.status, resolution.min_age
    if any(direction(here, there) is Direction.TIGHTENED for there in local):
        return gettext("%(status)s, stricter in parts", status=status)
    period = resolution.governing.period if resolution.governing else None
    is_weak = period is not None and period.confidence is Confidence.LOW
    if is_weak and resolution.status is not Status.UNKNOWN:  # which says so itself
        return gettext("%(status)s (low confidence)", status=status)
    return status


def badge_cells(texts: Iterable[str], status: Status) -> list[Cell]:
    """The three cells, side by side: what and where, the status, the day."""
    entry = STATUSES[status]
    black, white = INKS
    looks = [(white, black, False), (entry.fill, entry.ink, entry.hatched), (white, black, False)]
    cells: list[Cell] = []
    for text, (fill, ink, hatched) in zip(texts, looks, strict=True):
        shown = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        x = cells[-1].x + cells[-1].width if cells else 0
        cells.append(Cell(shown, x, _width(shown) + 2 * _PADDING, fill, ink, hatched))
    return cells


def _when(day: date) -> str:
    """The day of the law, and the moment of the data set where it is not the present one."""
    known_at = known_at_words()
    if not known_at:
        return gettext("as of %(date)s", date=shown_date(day))
    return gettext("as of %(date)s, as known on %(moment)s", date=shown_date(day), moment=known_at)


def _printable(text: str) -> str:
    """A text without what XML forbids."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cc")


def _width(text: str) -> int:
    """About how wide a text is in pixels."""
    return round(text_width(text, _FONT_SIZE)) or 1


def _picture(svg: str) -> Response:
    """An answer that any site may show."""
    response = in_language(caching.answer(svg.encode(), "image/svg+xml"))
    response.headers.update(headers.ANY_SITE)
    return response
