"""The sheet of a picture: where its title, map, legend and sources stand, in pixels."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from regmap.services.pictures import Panel, Picture
from regmap.web.lettering import text_width, wrapped

_BY_WIDTH = 1 / 72  # size of the letters
_SMALLEST, _LARGEST = 9.0, 22.0
_TITLE, _NOTE = 1.5, 0.82  # by the size of the letters
_LEADING = 1.4
_SWATCH = 1.9, 1.1  # width and height of a swatch, by the size of the letters
_GAP = 0.5


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text: the left end of its base line, its size, and how it looks."""

    x: float
    y: float
    size: float
    text: str
    bold: bool = False
    soft: bool = False
    centred: bool = False
    fill: str | None = None
    halo: bool = False
    english: bool = False


@dataclass(frozen=True, slots=True)
class Swatch:
    """A patch of a fill, by the name of its paint."""

    x: float
    y: float
    width: float
    height: float
    paint: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A swatch with what it means, for a legend."""

    paint: str
    text: str
    english: bool = False


@dataclass(slots=True)
class Sheet:
    """Grows downwards as things are put on it; ``bottom`` is where it ends."""

    width: int
    bottom: float = 0.0
    texts: list[Text] = field(default_factory=list)
    swatches: list[Swatch] = field(default_factory=list)
    panels: list[tuple[float, float, Panel]] = field(default_factory=list)

    @property
    def size(self) -> float:
        """The size of the letters."""
        return min(max(self.width * _BY_WIDTH, _SMALLEST), _LARGEST)

    @property
    def margin(self) -> float:
        """What is left free at the sides."""
        return round(self.size)

    @property
    def inner(self) -> int:
        """The width between the margins."""
        return round(self.width - 2 * self.margin)

    def space(self, lines: float) -> None:
        """Leave some lines free."""
        self.bottom += lines * self.size

    def title(self, text: str) -> None:
        """A heading."""
        self._lines(text, self.size * _TITLE, bold=True)

    def paragraph(self, text: str, *, bold: bool = False) -> None:
        """Text in the usual size."""
        self._lines(text, self.size, bold=bold)

    def note(self, text: str, *, english: bool = False) -> None:
        """Small print."""
        self._lines(text, max(self.size * _NOTE, 8.0), soft=True, english=english)

    def place(self, picture: Picture) -> tuple[float, float]:
        """Put the map; gives its left top corner."""
        left, top = self.margin, self.bottom
        for panel in picture.panels:
            self.panels.append((left + panel.frame[0], top + panel.frame[1], panel))
        self.bottom += picture.height
        return left, top

    def legend(self, entries: Iterable[Entry]) -> None:
        """Swatches with their meanings, in columns of one width."""
        given = list(entries)
        if not given:
            return
        size = self.size
        wide, high = (part * size for part in _SWATCH)
        beside = wide + _GAP * size
        needed = max(beside + text_width(one.text, size) for one in given) + 2 * _GAP * size
        columns = min(max(int(self.inner / needed), 1), len(given))
        rows = -(-len(given) // columns)
        column = self.inner / columns
        tops = [self.bottom] * columns
        for at, one in enumerate(given):
            here = at // rows
            x = self.margin + here * column
            lines = list(wrapped(one.text, size, column - beside))
            self.swatches.append(Swatch(x, tops[here] + 0.15 * size, wide, high, one.paint))
            for line in lines:
                base = tops[here] + size
                self.texts.append(Text(x + beside, base, size, line, english=one.english))
                tops[here] += _LEADING * size
        self.bottom = max(tops)

    def _lines(
        self,
        text: str,
        size: float,
        *,
        bold: bool = False,
        soft: bool = False,
        english: bool = False,
    ) -> None:
        wider = 1.06 if bold else 1.0
        for line in wrapped(text, size * wider, self.inner):
            base = self.bottom + size
            self.texts.append(Text(self.margin, base, size, line, bold, soft, english=english))
            self.bottom += _LEADING * size


@dataclass(frozen=True, slots=True)
class Name:
    """A name that wants a place on the map: at a spot (x, y), or beside it where a dot is."""

    x: float
    y: float
    text: str
    beside: float = 0.0
    soft: bool = False


def placed(wanted: Sequence[Name], size: float, frame: tuple[float, ...]) -> Iterator[Text]:
    """The names that fit without lying on a dot or on one another.

    :param wanted: the weightiest first.
    :param frame: left, top, right, bottom of the map.
    """
    taken = [
        (one.x - one.beside, one.y - one.beside, one.x + one.beside, one.y + one.beside)
        for one in wanted
        if one.beside
    ]
    for one in wanted:
        wide = text_width(one.text, size)
        for left, base in _places(one, size, wide):
            box = (left, base - 0.85 * size, left + wide, base + 0.25 * size)
            inside = box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2]
            if inside and box[3] <= frame[3] and not any(_meet(box, other) for other in taken):
                taken.append(box)
                yield Text(left, base, size, one.text, soft=one.soft, halo=not one.soft)
                break


def _places(one: Name, size: float, wide: float) -> Iterator[tuple[float, float]]:
    """Left ends of the base line, the best first: amid, or right, left, above and below."""
    middle = one.y + 0.35 * size
    step = one.beside + 0.3 * size
    if not one.beside:
        yield one.x - wide / 2, middle
        if one.soft:
            return
    yield one.x + step, middle
    yield one.x - step - wide, middle
    yield one.x - wide / 2, one.y - step
    yield one.x - wide / 2, one.y + step + 0.8 * size


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
