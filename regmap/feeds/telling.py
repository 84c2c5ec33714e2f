"""How a change is told in English: its title, and what stands in the entry."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from regmap.domain.coming import ComingKind, is_emergency
from regmap.domain.dates import PartialDate
from regmap.domain.records import Period, Source
from regmap.domain.vocabulary import (
    CHANGE_TYPES,
    CONFIDENCES,
    RULES,
    STATUSES,
    ChangeType,
    Direction,
    Permission,
    Substance,
    age_applies,
)
from regmap.domain.wording import sentence
from regmap.feeds.addresses import Addresses
from regmap.feeds.text import clean, in_one_line
from regmap.services.changes import LegalChange, Retelling
from regmap.services.news import ComingDate, NewsItem

DISCLAIMER = (
    "Information about law, not legal or medical advice. Laws change; check the sources."
    " “Unknown” never means lawful."
)
TYPE_WORDS: Mapping[ChangeType, str] = {
    ChangeType.LAW_CHANGED: "Law changed",
    ChangeType.RECORD_CORRECTED: "Record corrected",
}
KIND_WORDS: Mapping[ComingKind, str] = {
    ComingKind.TAKES_EFFECT: "Law takes effect",
    ComingKind.RULE_ENDS: "Rule ends",
    ComingKind.EMERGENCY_EXPIRES: "Emergency rule expires",
}
_DIRECTION_WORDS: Mapping[Direction, str] = {
    Direction.TIGHTENED: "stricter",
    Direction.LOOSENED: "less strict",
    Direction.OTHER: "no different in strictness, or not comparable",
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an entry; ``url`` is where it leads, ``after`` what follows the link."""

    text: str
    url: str | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a list under a heading."""

    lines: tuple[Line, ...]
    heading: str | None = None


def title_of(item: NewsItem, substance: Substance | None) -> str:
    """The title of an entry: what kind of news, where, of what, what it says, and if anew."""
    change = item.change
    if isinstance(change, LegalChange):
        told = f"{_new_state(change)}, from {change.effective}"
    else:
        told = _corrected_words(change)
    about = f"{item.place}, {_name(substance, change.substance)}"
    anew = " (told anew)" if item.is_told_anew else ""
    return in_one_line(f"{TYPE_WORDS[change.type]}: {about}: {told}{anew}")


def summary_of(coming: ComingDate, substance: Substance | None) -> str:
    """The summary of a calendar entry; a date that is not known to the day is said to be so."""
    change = coming.change
    about = f"{coming.item.place}, {_name(substance, change.substance)}"
    vague = when_words(change.effective)
    text = f"{KIND_WORDS[coming.kind]}: {about}: {_new_state(change)}"
    return in_one_line(f"{text} ({vague})" if vague else text)


def when_words(day: PartialDate) -> str:
    """A date that is not known to the day, in words; empty for one that is."""
    if day.precision == "day":
        return ""
    if day.precision == "year":
        return f"some time in {day.text}"
    return f"some time in {_MONTHS[day.first_day.month - 1]} {day.text[:4]}"


def state_words(period: Period | None) -> str:
    """What a period says, in a few words; None: no rule of its own."""
    if period is None:
        return "no rule of its own"
    words = STATUSES[period.status].label.lower()
    if period.min_age is not None and age_applies(period.status):
        return f"{words} (from age {period.min_age})"
    return words


def told_of(
    item: NewsItem, doubts: Sequence[str], addresses: Addresses, kind: ComingKind | None = None
) -> list[Block]:
    """What an entry says: the change, its evidence, its doubts, and where to read on."""
    blocks = [
        Block((Line(_lead(item)),)),
        *_text_block(item.change.summary),
        Block(tuple(_moves(item)), "Before → after"),
        Block(tuple(_evidence(item)), "How this is known"),
    ]
    if item.change.sources:
        blocks.append(Block(tuple(_source_lines(item.change.sources)), "Sources"))
    if doubts:
        blocks.append(Block(tuple(Line(one) for one in doubts), "Doubts"))
    if kind is not None and kind is not ComingKind.TAKES_EFFECT:
        blocks.insert(1, Block((Line(_ending_words(item.change.before)),)))
    links = (
        Line("Page of the jurisdiction", addresses.page_of(item)),
        Line("As data (JSON)", addresses.data_of(item)),
    )
    return [*blocks, Block((Line(DISCLAIMER),)), Block(links, "More")]


def as_html(blocks: Iterable[Block]) -> str:
    """Blocks as HTML; all text in it is text."""
    return "".join(_html_of(block) for block in blocks)


def as_text(blocks: Iterable[Block]) -> str:
    """Blocks as plain text."""
    return "\n\n".join(_text_of(block) for block in blocks)


def _html_of(block: Block) -> str:
    lines = [_html_line(line) for line in block.lines]
    if block.heading is None:
        return "".join(Markup("<p>{}</p>").format(line) for line in lines)
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return Markup("<p><strong>{}</strong></p><ul>{}</ul>").format(block.heading, items)


def _html_line(line: Line) -> Markup:
    text = Markup("{}").format(clean(line.text))
    if line.url is not None:
        text = Markup('<a href="{}" rel="noopener nofollow">{}</a>').format(clean(line.url), text)
    return text + Markup("{}").format(clean(line.after))


def _text_of(block: Block) -> str:
    mark = "" if block.heading is None else "- "
    lines = [
        f"{mark}{line.text}{line.after}{f': {line.url}' if line.url else ''}"
        for line in block.lines
    ]
    return clean("\n".join([f"{block.heading}:", *lines] if block.heading else lines))


def _name(substance: Substance | None, code: str) -> str:
    name = substance.name if substance else code
    return name.lower() if name.istitle() else name  # kratom, but 7-OH


def _new_state(change: LegalChange) -> str:
    words = state_words(change.after)
    is_same = change.before is not None and state_words(change.before) == words
    return f"{words}, under other rules" if is_same else words


def _corrected_words(change: Retelling) -> str:
    after, before = state_words(change.after), state_words(change.before)
    told = f"{after}, not {before}" if after != before else f"{after}, its details"
    return f"{told}, {_span_words(change.effective, change.until)}"


def _span_words(start: PartialDate | None, end: PartialDate | None) -> str:
    if start is None and end is None:
        return "at all times"
    if start is None:
        return f"until {end}"
    return f"from {start}" if end is None else f"from {start} until {end}"


def _lead(item: NewsItem) -> str:
    change = item.change
    if isinstance(change, Retelling):
        span = _span_words(change.effective, change.until)
        return (
            f"What this data set says of the law {span} was corrected: {CHANGE_TYPES[change.type]}."
        )
    vague = when_words(change.effective)
    when = f"{change.effective}{f' ({vague})' if vague else ''}"
    past = f"changed {'in' if vague else 'on'}"
    verb = past if _has_come(change.effective, item.updated_at.date()) else "changes from"
    announced = " It had not begun when it was first recorded." if item.is_announced else ""
    return f"The law of {item.place} {verb} {when}.{announced}"


def _has_come(effective: PartialDate, told: date) -> bool:
    """Whether a date of law had come for certain on the day it was told.

    Never asked of today: an entry stays as it is while the data set does.
    """
    known = told.isoformat()[: len(effective.text)]
    return known > effective.text or (effective.precision == "day" and known == effective.text)


def _ending_words(before: Period | None) -> str:
    if before is not None and is_emergency(before):
        return "An emergency rule expires here, and no other rule that is known follows it."
    return "A rule ends here, and no other rule of its own that is known follows it."


def _text_block(summary: str | None) -> Iterator[Block]:
    if summary:
        yield Block((Line(summary),))


def _moves(item: NewsItem) -> Iterator[Line]:
    """What is another on both sides, field by field."""
    change = item.change
    for name, before, after in _compared(change.before, change.after):
        if before != after or name == "Its own status":
            yield Line(f"{name}: {before} → {after}")
    held = [
        STATUSES[one].label.lower() for one in (change.effective_before, change.effective_after)
    ]
    yield Line(f"What holds there with the layers above: {' → '.join(held)}")
    yield Line(f"Direction: {_DIRECTION_WORDS[change.direction]}")


def _compared(before: Period | None, after: Period | None) -> Iterator[tuple[str, str, str]]:
    def both(name: str, field: str) -> tuple[str, str, str]:
        return name, *(_value(getattr(one, field, None)) for one in (before, after))  # type: ignore[return-value]

    yield "Its own status", state_words(before), state_words(after)
    yield both("Minimum age", "min_age")
    yield both("Schedule", "schedule")
    yield both("Possession", "possession")
    yield both("Sale", "sale")
    for rule, entry in RULES.items():
        sides = (_value(one.rules.get(rule)) if one else "not known" for one in (before, after))
        yield sentence(entry.meaning).rstrip("."), *sides  # type: ignore[misc]


def _value(value: object) -> str:
    if value is None or value is Permission.UNKNOWN:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _evidence(item: NewsItem) -> Iterator[Line]:
    change = item.change
    told = change.told_by
    for name in ("citation", "instrument"):
        value = getattr(told, name, None)
        if value:
            yield Line(f"{name.capitalize()}: {value}")
    period = change.after
    if period is not None:
        yield Line(f"Confidence: {period.confidence} ({CONFIDENCES[period.confidence]})")
    yield Line(f"Evidence as of: {item.evidence_as_of or 'not known'}")
    anew = f", told anew {item.updated_at.date()}" if item.is_told_anew else ""
    yield Line(f"Recorded here: {item.recorded_at.date()}{anew}")
    if isinstance(change, Retelling) and change.correction:
        yield Line(f"By correction: {change.correction}")


def _source_lines(sources: Iterable[Source]) -> Iterator[Line]:
    for source in sources:
        known = (source.publisher, str(source.kind), source.published and str(source.published))
        after = ", ".join(one for one in known if one)
        is_web = source.url.lower().startswith(("http://", "https://"))
        yield Line(source.title, source.url if is_web else None, f" ({after})")
