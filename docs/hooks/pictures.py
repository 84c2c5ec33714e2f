"""The pictures of "How a status is found": made-up places, answered by the rules themselves.

Each picture is an inline SVG, 360 units wide, with the fills of the vocabulary; everything else is
drawn in the colour of the text around it, so that it reads on light and on dark pages. What a
picture shows is computed by ``domain.resolution``, so it cannot say something else than the API.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Period, Record
from regmap.domain.resolution import Layer, Located, Resolution, resolve
from regmap.domain.vocabulary import STATUSES, Extent, Level, Match, Status, Substance

_KRATOM = Substance("kratom", "Kratom", "the plant")
_SEVEN_OH = Substance("7-oh", "7-OH", "the concentrate", falls_back_to="kratom")
_DAY = date(2026, 1, 1)
_IDS = {
    Level.COUNTRY: ("XX", None),
    Level.STATE: ("XX-A", "XX"),
    Level.COUNTY: ("XX-A-county", "XX-A"),
    Level.TRIBAL: ("XX-A-nation", "XX-A"),
    Level.PLACE: ("XX-A-town", "XX-A"),
}
_NAMES = {
    Level.COUNTRY: "Country",
    Level.STATE: "State",
    Level.COUNTY: "County",
    Level.TRIBAL: "Tribal land",
    Level.PLACE: "Town",
}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What one layer says: its statuses by substance, and how it lies at the spot."""

    level: Level
    kratom: Status | None = None
    seven_oh: Status | None = None
    age: int | None = None
    match: Match = Match.INSIDE
    extent: Extent = Extent.WHOLE
    preempts: bool = False
    outside_cities: bool | None = None


def drawn(name: str) -> str:
    """The picture of that name as a figure.

    :raises KeyError: if there is none.
    """
    return PICTURES[name](name)


def answer(sheets: Sequence[Sheet], substance: Substance = _KRATOM) -> Resolution:
    """What the rules say where these layers lie on each other."""
    records = {}
    for sheet in sheets:
        for code, status in (("kratom", sheet.kratom), ("7-oh", sheet.seven_oh)):
            if status is not None:
                record = _record(sheet, code, status)
                records[record.key] = record
    located = [Located(_place(one.level), one.match, one.outside_cities) for one in sheets]
    return resolve(located, substance, _DAY, lambda id, code: records.get((id, code)))


def _place(level: Level) -> Jurisdiction:
    id, parent = _IDS[level]
    return Jurisdiction(id, _NAMES[level], level, parent)


def _record(sheet: Sheet, substance: str, status: Status) -> Record:
    rules = {"preempts_local": True} if sheet.preempts else {}
    period = Period(None, None, status, min_age=sheet.age, rules=rules, extent=sheet.extent)
    return Record(_IDS[sheet.level][0], substance, (period,))


def _stack(
    title: str, sheets: Sequence[Sheet], substance: Substance = _KRATOM
) -> Callable[[str], str]:
    """A picture of layers that lie on each other, pierced by the spot, with the answer below."""

    def draw(name: str) -> str:
        found = answer(sheets, substance)
        layers = sorted(
            [*found.layers, *found.possible],
            key=lambda layer: list(_IDS).index(layer.jurisdiction.level),
            reverse=True,
        )
        parts = [_hatching(name)]
        parts += [_sheet(name, layer, found, 8 + 62 * row) for row, layer in enumerate(layers)]
        bottom = 8 + 62 * len(layers)
        parts.append(f'<line x1="80" y1="4" x2="80" y2="{bottom + 12}" class="pin"/>')
        parts.append('<circle cx="80" cy="6" r="5" class="spot"/>')
        parts.append(_outcome(name, found, bottom + 14))
        told = "; ".join(_told(layer, found) for layer in reversed(layers))
        height = bottom + 26 + 20 * len(_sentences(_summed(found)))
        return _figure(name, title, f"{told}. {_summed(found)}", parts, height)

    return draw


def _sheet(name: str, layer: Layer, found: Resolution, top: int) -> str:
    status = layer.period.status if layer.period else None
    ignored = not layer.counts or layer.match is Match.POSSIBLE
    kind = "sheet ignored" if ignored else "sheet"
    fill = _fill(name, status) if status else "none"
    shape = f'<path d="M36 {top} H156 L124 {top + 44} H4 Z" class="{kind}" fill="{fill}"/>'
    lines = (_words(layer), _role(layer, found))
    text = "".join(
        f'<text x="166" y="{top + 18 + 18 * row}" class="{kind}">{escape(line)}</text>'
        for row, (line, kind) in enumerate(zip(lines, ("strong", "role"), strict=True))
    )
    return shape + text


def _words(layer: Layer) -> str:
    name = layer.jurisdiction.name
    if layer.period is None:
        return f"{name}: no rule"
    age = f", from {layer.period.min_age}" if layer.period.min_age else ""
    return f"{name}: {STATUSES[layer.period.status].label.lower()}{age}"


def _role(layer: Layer, found: Resolution) -> str:
    """What the layer does for the answer."""
    if layer.period is None:
        return "counts for nothing"
    if layer.preempted:
        return "pre-empted: not counted"
    if layer.match is Match.POSSIBLE:
        return "possible: never decides"
    if not layer.weighs:
        return "only warns"
    inherited = " (the plant’s rule)" if layer.inherited else ""
    pre_empts = " and pre-empts" if layer.period.preempts_local else ""
    return ("decides" if layer == found.governing else "counts") + pre_empts + inherited


def _told(layer: Layer, found: Resolution) -> str:
    return f"{_words(layer)} ({_role(layer, found)})"


def _summed(found: Resolution) -> str:
    age = f", from {found.min_age}" if found.min_age else ""
    told = f"At the spot: {STATUSES[found.status].label.lower()}{age}."
    if found.strictest_possible is not found.status:
        told += f" Strictest possible: {STATUSES[found.strictest_possible].label.lower()}."
    return told


def _sentences(text: str) -> list[str]:
    return [f"{part.strip()}." for part in text.split(".") if part.strip()]


def _outcome(name: str, found: Resolution, top: int) -> str:
    lines = _sentences(_summed(found))
    text = "".join(
        f'<text x="40" y="{top + 22 + 20 * row}" class="strong">{escape(line)}</text>'
        for row, line in enumerate(lines)
    )
    swatches = "".join(
        f'<rect x="8" y="{top + 8 + 20 * row}" width="24" height="16" class="sheet"'
        f' fill="{_fill(name, status)}"/>'
        for row, status in enumerate(dict.fromkeys((found.status, found.strictest_possible)))
    )
    return swatches + text


def _reach(name: str) -> str:
    """A county whose rule stops at city limits, seen from above, asked at three spots."""
    state = Sheet(level=Level.STATE, kratom=Status.REGULATED)
    asked = {
        "outside the city: the county’s rule holds": True,
        "inside the city: it does not reach here": False,
        "limits not loaded: it may hold": None,
    }
    parts = [
        _hatching(name),
        f'<rect x="6" y="6" width="348" height="120" class="sheet"'
        f' fill="{_fill(name, Status.SALE_PROHIBITED)}"/>',
        f'<circle cx="180" cy="66" r="46" class="sheet" fill="{_fill(name, Status.REGULATED)}"/>',
        f'<circle cx="296" cy="66" r="40" class="ignored" fill="url(#{name}-unsure)"/>',
    ]
    said = []
    line_at = 152
    for row, ((words, outside), x) in enumerate(zip(asked.items(), (60, 180, 296), strict=True)):
        county = Sheet(
            level=Level.COUNTY,
            kratom=Status.SALE_PROHIBITED,
            extent=Extent.UNINCORPORATED,
            outside_cities=outside,
        )
        line = f"{row + 1}: {words}."
        told = _summed(answer([state, county]))
        parts.append(f'<circle cx="{x}" cy="66" r="13" class="label"/>')
        parts.append(f'<text x="{x}" y="71" text-anchor="middle" class="strong">{row + 1}</text>')
        for text in (line, *_sentences(told)):
            parts.append(f'<text x="6" y="{line_at}">{escape(text)}</text>')
            line_at += 19
        line_at += 8
        said.append(f"{line} {told}")
    title = "A county forbids sale, but only outside cities; the state allows it"
    return _figure(name, title, " ".join(said), parts, line_at - 12)


def _border(name: str) -> str:
    """A spot close to a border, and the ring inside which the other side is told."""
    here, there = Status.REGULATED, Status.PROHIBITED
    parts = [
        f'<rect x="6" y="6" width="200" height="150" class="sheet" fill="{_fill(name, here)}"/>',
        f'<rect x="206" y="6" width="148" height="150" class="sheet" fill="{_fill(name, there)}"/>',
        '<circle cx="166" cy="80" r="66" class="ring"/>',
        '<circle cx="166" cy="80" r="6" class="spot"/>',
        '<line x1="172" y1="80" x2="206" y2="80" class="pin"/>',
        '<text x="6" y="180">Here: regulated. It stays the answer.</text>',
        '<text x="6" y="200">near: prohibited, 1.2 km away.</text>',
    ]
    said = (
        "The spot lies in a state where kratom is regulated, 1.2 km from one that prohibits it."
        " The other side lies within 2 km, so the answer lists it under near."
    )
    return _figure(name, "A border within 2 km beyond which the law differs", said, parts, 208)


def _clocks(name: str) -> str:
    """The two clocks as a plane: the day asked about, and the day on which one asks."""
    rows = (
        ("known in March", (Status.REGULATED,) * 3),
        ("known in May", (Status.REGULATED, Status.REGULATED, Status.PROHIBITED)),
        ("known in August", (Status.REGULATED, Status.PROHIBITED, Status.PROHIBITED)),
    )
    parts = [_hatching(name)]
    for column, month in enumerate(("April", "June", "July")):
        parts.append(f'<text x="{164 + 72 * column}" y="18" text-anchor="middle">{month}</text>')
    for row, (when, told) in enumerate(rows):
        parts.append(f'<text x="6" y="{56 + 48 * row}">{when}</text>')
        for column, status in enumerate(told):
            parts.append(
                f'<rect x="{130 + 72 * column}" y="{28 + 48 * row}" width="68" height="44"'
                f' class="sheet" fill="{_fill(name, status)}"/>'
                f'<text x="{164 + 72 * column}" y="{55 + 48 * row}" text-anchor="middle"'
                f' style="fill:{STATUSES[status].ink}">'
                f"{'banned' if status is Status.PROHIBITED else 'lawful'}</text>"
            )
    said = (
        "Rows: when one asks. Columns: the month asked about. Known in March: lawful in April, June"
        " and July. Known in May, after a law was passed that takes effect in July: banned in July."
        " Known in August, after a correction that the ban began in June: banned in June and July."
    )
    return _figure(name, "One law, told at three moments", said, parts, 180)


def _fill(name: str, status: Status) -> str:
    return f"url(#{name}-unsure)" if STATUSES[status].hatched else STATUSES[status].fill


def _hatching(name: str) -> str:
    return (
        f'<defs><pattern id="{name}-unsure" width="7" height="7" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect width="7" height="7" fill="#fff"/>'
        '<line x1="0" y1="0" x2="0" y2="7" stroke="#555" stroke-width="3"/></pattern></defs>'
    )


def _figure(name: str, title: str, said: str, parts: Sequence[str], height: int) -> str:
    return (
        f'<figure class="picture" markdown="0"><svg viewBox="0 0 360 {height}" role="img"'
        f' aria-labelledby="{name}-title {name}-text"><title id="{name}-title">{escape(title)}'
        f'</title><desc id="{name}-text">{escape(said)}</desc>{"".join(parts)}</svg>'
        f"<figcaption>{escape(title)}</figcaption></figure>"
    )


PICTURES: Mapping[str, Callable[[str], str]] = {
    "layers": _stack(
        "Four layers at one spot",
        (
            Sheet(level=Level.COUNTRY, kratom=Status.UNREGULATED),
            Sheet(level=Level.STATE, kratom=Status.REGULATED, age=21),
            Sheet(level=Level.COUNTY),
            Sheet(level=Level.PLACE, kratom=Status.SALE_PROHIBITED),
        ),
    ),
    "substance": _stack(
        "Asked for 7-OH: the state has a law on it, the country only one on the plant",
        (
            Sheet(level=Level.COUNTRY, kratom=Status.UNREGULATED),
            Sheet(level=Level.STATE, kratom=Status.REGULATED, seven_oh=Status.PROHIBITED),
        ),
        _SEVEN_OH,
    ),
    "pre-emption": _stack(
        "A state that pre-empts local rules",
        (
            Sheet(level=Level.COUNTRY, kratom=Status.UNREGULATED),
            Sheet(level=Level.STATE, kratom=Status.REGULATED, age=18, preempts=True),
            Sheet(level=Level.TRIBAL, kratom=Status.CONTROLLED),
            Sheet(level=Level.PLACE, kratom=Status.PROHIBITED),
        ),
    ),
    "unknown": _stack(
        "A state of which nothing is known",
        (
            Sheet(level=Level.COUNTRY, kratom=Status.UNREGULATED),
            Sheet(level=Level.STATE, kratom=Status.UNKNOWN),
            Sheet(level=Level.PLACE, kratom=Status.REGULATED, age=18),
        ),
    ),
    "possible": _stack(
        "A town whose limits are known only as a box",
        (
            Sheet(level=Level.COUNTRY, kratom=Status.UNREGULATED),
            Sheet(level=Level.STATE, kratom=Status.REGULATED, age=21),
            Sheet(level=Level.PLACE, kratom=Status.PROHIBITED, match=Match.POSSIBLE),
        ),
    ),
    "reach": _reach,
    "border": _border,
    "clocks": _clocks,
}
