"""Corrections in plain words, for the terminal: what was said, what accepting would do."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console

from regmap.cli.terminal import printable
from regmap.domain.corrections import Correction, Event, EventKind
from regmap.domain.vocabulary import STATUSES, Status, age_applies

if TYPE_CHECKING:
    from regmap.domain.diff import Change
    from regmap.services.curation import Preview
    from regmap.services.impact import Coming, Held, Impact, JurisdictionImpact, RecordTurn

# As wide as what it says, whatever the terminal: nothing in a table is cut off.
wide = Console(highlight=False, width=1000)

_LONGEST_VALUE = 200
_MOST_LINES = 25


def moment(at: datetime) -> str:
    """A moment to the minute, in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def change_lines(
    changes: Iterable["Change"], before: str = "now", after: str = "then"
) -> Iterator[str]:
    """Field by field what differs; ``before`` and ``after`` say what the two sides are."""
    for change in changes:
        yield (
            f"{printable(change.path) or 'all of it'}: {before} {_value(change.before)},"
            f" {after} {_value(change.after)}"
        )


def correction_lines(correction: Correction) -> Iterator[str]:
    """Everything that may be shown of a correction; take out first what may not."""
    yield f"Correction {correction.id}: {correction.state}{' (spam)' if correction.spam else ''}"
    yield f"  about: {correction.jurisdiction} {correction.substance}"
    yield f"  submitted: {moment(correction.submitted_at)}{_by(correction)}"
    if correction.message:
        yield "  message:"
        yield from _indented(correction.message)
    for cited in correction.sources:
        title = f" ({printable(cited.title)})" if cited.title else ""
        yield f"  source: {printable(cited.url)}{title}"
    if correction.proposed is not None:
        yield "  proposed:"
        yield from _fields(correction.proposed)
    for event in correction.events[1:]:
        yield from _event_lines(event)


def preview_lines(preview: "Preview") -> Iterator[str]:
    """What accepting would write and change, and the ETag that a decision on it names."""
    if preview.proposed is None and preview.problems:
        yield "Nothing can be accepted:"
    elif preview.proposed is None:
        yield "Only a message was sent: accepting takes --record FILE.yaml."
    elif not preview.changes:
        yield "Accepting would change nothing: the record says so already."
    else:
        yield "Accepting would write:"
        yield from (f"  {line}" for line in change_lines(preview.changes))
    for clash in preview.clashes:
        yield f"  ! changed since, otherwise than proposed: {printable(clash)}"
    for field, messages in preview.problems.items():
        yield f"  ! {field}: {' '.join(messages)}"
    if preview.impact is not None:
        yield from impact_lines(preview.impact)
    yield f"Read: {preview.basis.etag}"


def impact_lines(impact: "Impact") -> Iterator[str]:
    """Whose answer would differ, today, later and in the past."""
    if impact.is_none:
        yield "No answer would differ on any day."
        return
    yield (
        f"Today {impact.statuses_flipped} jurisdictions would get another status,"
        f" {impact.ages_changed} another age;"
        f" {impact.zips.touched:,} of {impact.zips.inside:,} ZIP codes another answer."
    )
    own = [one for one in impact.jurisdictions if one.has_record]
    yield from _cut([_jurisdiction_line(one) for one in own])
    if len(own) < len(impact.jurisdictions):
        followers = len({one.jurisdiction.id for one in impact.jurisdictions if not one.has_record})
        yield f"  and {followers} counties without a record of their own"
    yield from _cut(
        [
            f"  local rule {one.jurisdiction.id} {one.substance}:"
            f" {one.role.before} now, {one.role.after} then"
            for one in impact.local_rules.changed
        ]
    )
    if impact.upcoming.differ:
        yield f"  to come now: {_turns(impact.upcoming.before)}"
        yield f"  to come then: {_turns(impact.upcoming.after)}"
    for span in impact.on_days:
        yield (
            f"  {span.substance} from {span.start or 'the beginning'} to {span.end or 'open'}:"
            f" {_law(span.status.before, span.min_age.before)} now,"
            f" {_law(span.status.after, span.min_age.after)} then"
        )


def version_lines(versions: Mapping[str, Any]) -> Iterator[str]:
    """Both sides of a clash: what was to be written, and what stands there."""
    present = versions["present"]
    yield (
        f"  now: the correction is {present['state']} (version {present['version']}),"
        f" the record at revision {present['revision']}; read: {present['etag']}"
    )
    for side, told in (
        ("yours", versions["yours"]["record"] or versions["yours"]["proposed"]),
        ("now", present["record"]),
    ):
        yield f"  {side}:"
        yield from _fields(told)


def _by(correction: Correction) -> str:
    if correction.submitted_by:
        return f" by {correction.submitted_by} (curator)"
    contact = correction.contact
    told = [printable(part) for part in (contact and (contact.name, contact.email)) or () if part]
    return f" by {', '.join(told)}" if told else ""


def _event_lines(event: Event) -> Iterator[str]:
    by = f" by {printable(event.by)}" if event.by else ""
    made = f" (revision {event.revision})" if event.revision else ""
    yield f"  {event.kind}: {moment(event.at)}{by}{made}"
    if event.text and event.kind is not EventKind.SUBMITTED:
        yield from _indented(event.text)


def _fields(document: Mapping[str, Any] | None) -> Iterator[str]:
    """A document field by field, without what is not known."""
    if document is None:
        yield "    nothing"
        return
    for name, value in _known(document).items():
        parts = value if isinstance(value, list) else [value]
        for number, part in enumerate(parts):
            place = f".{number}" if isinstance(value, list) else ""
            yield f"    {printable(name)}{place}: {_value(part)}"


def _indented(text: str) -> Iterator[str]:
    for line in printable(text).splitlines():
        yield f"    {line}"


def _value(value: Any) -> str:
    """A JSON value on one line, without what is not known in it, cut where it is long."""
    text = printable(json.dumps(_known(value), ensure_ascii=False))
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        known = ((name, _known(one)) for name, one in value.items() if one is not None)
        return {name: one for name, one in known if one not in ([], {})}
    return [_known(one) for one in value] if isinstance(value, list) else value


def _jurisdiction_line(one: "JurisdictionImpact") -> str:
    told = f"  {one.jurisdiction.id} {one.substance}: "
    if one.held.differ:
        return told + f"{_held(one.before)} now, {_held(one.after)} then"
    if one.own.differ:
        return told + f"{_held(one.before)} as before; its own rule differs"
    return told + f"to come {_coming(one.coming.before)} now, {_coming(one.coming.after)} then"


def _coming(turns: Sequence["Coming"]) -> str:
    told = [
        f"{one.effective} {_law(one.status, one.min_age)}"
        + (f" by {one.governed_by}" if one.governed_by else "")
        for one in turns
    ]
    return "; ".join(told) or "nothing"


def _held(held: "Held") -> str:
    by = f" by {held.governed_by}" if held.governed_by else ""
    sure = f", {held.confidence} confidence" if held.confidence else ""
    perhaps = ""
    if held.strictest_possible is not held.status:
        perhaps = f", perhaps {_law(held.strictest_possible, None)}"
    return f"{_law(held.status, held.min_age)}{by}{sure}{perhaps}"


def _law(status: Status | None, min_age: int | None) -> str:
    if status is None:
        return "no rule of its own"
    label = STATUSES[status].label.lower()
    return f"{label} from {min_age}" if min_age is not None and age_applies(status) else label


def _turns(turns: Sequence["RecordTurn"]) -> str:
    return (
        "; ".join(f"{one.effective} {_law(one.status, one.min_age)}" for one in turns) or "nothing"
    )


def _cut(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:_MOST_LINES]
    if len(lines) > _MOST_LINES:
        yield f"  and {len(lines) - _MOST_LINES} more"
