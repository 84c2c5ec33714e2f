"""``/map.svg``: a picture of the map for print and for articles, whole in one file."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from regmap.domain.errors import InvalidValue
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.vocabulary import STATUSES, Direction, Status
from regmap.domain.wording import Said, said
from regmap.geo.pictures import TENTHS
from regmap.http import caching, headers
from regmap.http.context import services, today
from regmap.services.bundle import Services
from regmap.services.maps import MapFeature
from regmap.services.pictures import UNITED_STATES, WORLD, Painted, Panel, Picture, Question
from regmap.web.clock import asked_known_at, known_at, past_words
from regmap.web.credits import BOUNDARIES, imported_credits
from regmap.web.languages import language, shown_date, told
from regmap.web.page import asked_day, asked_substance, in_language
from regmap.web.picture_sheet import Entry, Name, Sheet, Text, placed
from regmap.web.words import plain_name, word

NARROWEST, WIDEST, USUAL = 240, 2000, 1200
_UNCHANGED, _DOUBT = "unchanged", "doubt"
# By the size of the letters: the radius of a dot, the size of names on the map, the room that a
# state needs for its letters, and to be seen.
_DOT, _NAME, _ROOM, _SEEN = 0.28, 0.8, 2.2, 1.1
_LONGEST = 80  # characters of a name; what is longer is cut
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDE = 400  # pixels: on a narrower map most states have no room for their letters

DOUBTS: Mapping[int, Said] = {
    1: said("Widely spaced lines: one reason to doubt"),
    2: said("Dense lines: several reasons to doubt"),
}


def join(pages: Blueprint) -> None:
    """Register the picture."""

    @pages.get("/map.svg")
    def picture() -> Response:
        """The map of a day as a picture."""
        asked = services()
        focus, width = request.args.get("focus") or WORLD, asked_width()
        question = Question(asked_substance(), asked_day(), asked_compare())
        key = (question, today(), focus, width, language(), asked_known_at())
        body = asked.kept_pictures.get(key, lambda: drawn(asked, focus, question, width))
        response = in_language(caching.answer(body, "image/svg+xml"))
        response.headers.update(headers.ANY_SITE)
        if request.args.get("download") == "1":
            name = file_name(focus, question)
            response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def asked_width() -> int:
    """The width of the picture in pixels, as the address asks for it.

    :raises InvalidValue: if it is no whole number, or too small or too large.
    """
    text = request.args.get("width") or str(USUAL)
    known = text.isascii() and text.isdigit() and len(text) <= len(str(WIDEST))
    if not known or not NARROWEST <= int(text) <= WIDEST:
        wanted = said("Must be a whole number from {low} to {high}.", low=NARROWEST, high=WIDEST)
        raise InvalidValue({"width": [wanted]})
    return int(text)


def asked_compare() -> date | None:
    """The day that the address compares with, or None.

    :raises InvalidValue: if it is no day.
    """
    return asked_day("compare") if request.args.get("compare") else None


def file_name(focus: str, question: Question) -> str:
    """What a picture is called on disk: ``kratom-world-2026-11-23.svg``."""
    days = [day for day in (question.compare, question.day) if day is not None]
    moment = known_at()
    known = ["known-at", moment.date().isoformat()] if moment else []
    parts = (question.substance.code, focus, *(day.isoformat() for day in days), *known)
    return f"{'-'.join(parts)}.svg"


def drawn(
    asked: Services, focus: str, question: Question, width: int, *, told_in_full: bool = True
) -> bytes:
    """The picture as SVG, in the language of the request.

    :param told_in_full: with heading, sources and notes; else for a page that says these itself.
    :raises UnknownJurisdiction: naming ``focus``.
    :raises BoundaryNotAvailable: if nobody knows where it lies.
    """
    sheet = Sheet(width)
    picture = asked.pictures.picture(focus, question, sheet.inner)
    sheet.space(0.6)
    title = title_of(picture, focus, question)
    if told_in_full:
        sheet.title(title)
        sheet.paragraph(subtitle_of(question))
        if past_words():
            sheet.paragraph(past_words())
        sheet.space(0.6)
    left, top = sheet.place(picture)
    names = list(_names(asked, picture, sheet, left, top, question.compare is not None))
    sheet.space(0.6)
    legend = list(_legend(picture, question))
    sheet.legend(legend)
    listed = _listed(picture, sheet)
    if listed:
        sheet.space(0.5)
        sheet.paragraph(gettext("Too small to see, or not on this map:"), bold=True)
        sheet.legend([_small_entry(asked, *one) for one in listed])
    for note in _notes(asked, picture, question) if told_in_full else ():
        sheet.space(0.3)
        sheet.note(note)
    sheet.space(0.8)
    past = [past_words()] if past_words() else []
    description = " ".join([subtitle_of(question), *past, *(f"{one.text}." for one in legend)])
    svg = render_template(
        "picture.svg",
        sheet=sheet,
        names=names,
        title=title,
        description=description,
        paints=_paints(question),
        paint_of=lambda one: paint(one.feature, one.doubt),
        radius_of=lambda one: round(TENTHS * _dot_of(one, picture) * sheet.size),
        speaks=question.compare is None,
    )
    return _NOT_XML.sub("", svg).encode()


def title_of(picture: Picture, focus: str, question: Question) -> str:
    """What the picture shows, in a line."""
    substance = told(question.substance.name)
    if picture.focus is not None:
        place = _short_name(picture.focus)
        if picture.within is not None:
            state = _short_name(picture.within)
            place = gettext("%(place)s, %(state)s", place=place, state=state)
        return gettext("%(substance)s in %(place)s", substance=substance, place=place)
    if focus == UNITED_STATES:
        return gettext("%(substance)s in the United States", substance=substance)
    return gettext("%(substance)s around the world", substance=substance)


def subtitle_of(question: Question) -> str:
    """The day or days of the picture, in words."""
    day = shown_date(question.day)
    if question.compare is None:
        return gettext("Legal status on %(day)s", day=day)
    return gettext(
        "What changed from %(before)s to %(day)s", before=shown_date(question.compare), day=day
    )


def _short_name(jurisdiction: Jurisdiction) -> str:
    name = plain_name(jurisdiction)
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def paint(feature: MapFeature, doubt: int = 0) -> str:
    """The name of the paint of a feature: of its status and doubt, or of what changed."""
    if feature.direction is None:
        known = feature.status is not Status.UNKNOWN
        return f"{feature.status}-{doubt}" if doubt and known else str(feature.status)
    if feature.direction is not Direction.OTHER:
        return str(feature.direction)
    if feature.before is not feature.status:
        return str(Direction.OTHER)
    return str(Status.UNKNOWN) if feature.status is Status.UNKNOWN else _UNCHANGED


def _paints(question: Question) -> list[tuple[str, Status | None, int]]:
    """The paints of statuses: name, status, doubt; without a status: a legend for doubt."""
    if question.compare is not None:
        return [(str(Status.UNKNOWN), Status.UNKNOWN, 0)]
    known = [status for status in STATUSES if status is not Status.UNKNOWN]
    return [
        *((str(status), status, 0) for status in STATUSES),
        *((f"{status}-{grade}", status, grade) for status in known for grade in DOUBTS),
        *((f"{_DOUBT}-{grade}", None, grade) for grade in DOUBTS),
    ]


def _paint_words(name: str) -> str:
    if name == _UNCHANGED:
        return gettext("Unchanged")
    if name in set(Direction):
        return {
            Direction.TIGHTENED: gettext("Tightened"),
            Direction.LOOSENED: gettext("Loosened"),
            Direction.OTHER: gettext("Changed otherwise, or from or to “unknown”"),
        }[Direction(name)]
    return word(Status(name))


def _legend(picture: Picture, question: Question) -> Iterator[Entry]:
    """What the fills mean, with how often each is there; then how doubt is drawn."""
    compared = question.compare is not None
    order = [*Direction, _UNCHANGED, Status.UNKNOWN] if compared else list(STATUSES)
    counts = _counts(picture)
    own = {paint(one) for one in picture.counted if picture.focus and one.id == picture.focus.id}
    for name in map(str, order):
        text = _paint_words(name)
        if picture.focus is None:
            yield Entry(name, gettext("%(meaning)s: %(count)s", meaning=text, count=counts[name]))
        elif name in own and counts.get(name):
            yield Entry(
                name,
                gettext(
                    "%(meaning)s: %(place)s itself, and %(count)s local",
                    meaning=text,
                    place=_short_name(picture.focus),
                    count=counts[name],
                ),
            )
        elif name in own:
            place = _short_name(picture.focus)
            yield Entry(name, gettext("%(meaning)s: %(place)s", meaning=text, place=place))
        elif counts.get(name):
            count = counts[name]
            yield Entry(name, gettext("%(meaning)s: %(count)s local", meaning=text, count=count))
    if not compared:
        for grade in sorted(_grades(picture)):
            yield Entry(f"{_DOUBT}-{grade}", told(DOUBTS[grade]))


def _counts(picture: Picture) -> Mapping[str, str]:
    """How often each paint is there; for the world, apart for countries and US states."""
    is_world = picture.focus is None and len(picture.panels) == 1
    wide, narrow = Counter[str](), Counter[str]()
    for one in picture.counted:
        if picture.focus is None or one.id != picture.focus.id:
            apart = is_world and one.key.startswith(f"{UNITED_STATES}-")
            (narrow if apart else wide)[paint(one)] += 1
    if is_world:
        names = (*map(str, STATUSES), *map(str, Direction), _UNCHANGED)
        return {name: f"{wide[name]} + {narrow[name]}" for name in names}
    return defaultdict(lambda: "0", {name: str(count) for name, count in wide.items()})


def _grades(picture: Picture) -> set[int]:
    """The grades of doubt that are drawn."""
    return {
        one.doubt
        for panel in picture.panels
        for one in panel.painted
        if one.doubt and one.feature.status is not Status.UNKNOWN
    }


def _small_entry(asked: Services, feature: MapFeature, doubt: int) -> Entry:
    name = paint(feature, doubt)
    return Entry(
        name,
        gettext(
            "%(place)s: %(status)s",
            place=_short_name(asked.snapshot.tree.get(feature.key)),
            status=_paint_words(paint(feature)).lower(),
        ),
    )


def _notes(asked: Services, picture: Picture, question: Question) -> Iterator[str]:
    """What a reader must know to read the picture right, and where it comes from."""
    if picture.focus is not None:
        if len(picture.counted) > 1:
            yield gettext("“Local” counts the rules of counties and towns in the picture.")
    elif len(picture.panels) > 1:
        yield gettext(
            "The numbers count states, territories and the federal district;"
            " stricter local rules are not shown."
        )
    else:
        yield gettext(
            "The first number counts countries and territories, the second the states and"
            " territories of the United States. Stricter local rules are not shown."
        )
    yield gettext(
        "“Unknown” never means lawful. Information about law, not legal or medical advice."
    )
    imported = imported_credits(asked.snapshot.geography)
    yield " ".join(
        [
            gettext(
                "Data: regmap contributors, CC BY 4.0, version %(version)s.",
                version=asked.snapshot.data_version,
            ),
            told(BOUNDARIES),
            *(f"{source} ({licence})." for source, licence in imported),
            *_projection_words(picture),
        ]
    )


def _projection_words(picture: Picture) -> Iterator[str]:
    if picture.focus is None:
        world = len(picture.panels) == 1
        yield (
            gettext("Equal Earth projection.")
            if world
            else gettext("Albers equal-area conic projection; the insets have scales of their own.")
        )


def _names(
    asked: Services, picture: Picture, sheet: Sheet, left: float, top: float, compared: bool
) -> Iterator[Text]:
    """The names that fit on the map: codes of US states, or local rules and neighbours."""
    size = sheet.size * _NAME
    if picture.focus is not None:
        panel = picture.panels[0]
        local = [
            Name(
                left + one.outline.middle[0] / TENTHS,
                top + one.outline.middle[1] / TENTHS,
                _short_name(asked.snapshot.tree.get(one.feature.key)),
                beside=_dot_of(one, picture) * sheet.size if one.outline.dot else 0.0,
            )
            for one in panel.painted
            if not one.focused or one.outline.dot
        ]
        around = [
            Name(
                left + outline.middle[0] / TENTHS,
                top + outline.middle[1] / TENTHS,
                _short_name(jurisdiction),
                soft=True,
            )
            for jurisdiction, outline in panel.backdrop
            if jurisdiction is not None
        ]
        frame = (left, top, left + picture.width, top + picture.height)
        yield from placed([*local, *around], size, frame)
    elif len(picture.panels) > 1:
        for x, y, panel in sheet.panels:
            for one in panel.painted:
                if _least_side(one) > _ROOM * size and not _is_dotted(one, panel, size):
                    yield _code(one, x, y, size, compared)


def _code(one: Painted, left: float, top: float, size: float, compared: bool) -> Text:
    """The letters of a US state, in its middle."""
    entry = STATUSES[one.feature.status]
    covered = compared or bool(one.doubt) or entry.hatched
    x, y = one.outline.middle
    return Text(
        left + x / TENTHS,
        top + y / TENTHS + 0.35 * size,
        size,
        one.feature.key.partition("-")[2],
        centred=True,
        fill=None if covered else entry.ink,
        halo=covered,
    )


def _dot_of(one: Painted, picture: Picture) -> float:
    """The radius of a dot by the size of the letters."""
    if one.focused:
        return 2 * _DOT
    return _DOT if picture.focus else 0.75 * _DOT


def _is_dotted(one: Painted, panel: Panel, size: float) -> bool:
    """Whether a dot lies where the letters of a state would stand."""
    x, y = one.outline.middle
    near = 1.3 * size * TENTHS
    dots = (other.outline.dot for other in panel.painted if other.outline.dot)
    return any(abs(x - dot[0]) < near and abs(y - dot[1]) < near for dot in dots)


def _least_side(one: Painted) -> float:
    """The shorter side of what is seen of a shape, in pixels."""
    left, top, right, bottom = one.outline.box
    return min(right - left, bottom - top) / TENTHS


def _listed(picture: Picture, sheet: Sheet) -> list[tuple[MapFeature, int]]:
    """What the map of the United States shows too small, or not at all, with its doubt."""
    if len(picture.panels) < 2:
        return []
    least = _ROOM * _NAME if picture.width >= _WIDE else _SEEN
    small = [
        (one.feature, one.doubt)
        for panel in picture.panels
        for one in panel.painted
        if one.outline.dot or _least_side(one) < least * sheet.size
    ]
    return sorted([*small, *((one, 0) for one in picture.away)], key=lambda pair: pair[0].name)
