"""``CHANGELOG.md`` of a release: which facts are others than in the release before, and why."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from regmap.domain.dates import PartialDate
from regmap.domain.diff import Change
from regmap.domain.records import Period
from regmap.domain.retelling import Difference
from regmap.domain.vocabulary import STATUSES, ChangeType, Substance, age_applies
from regmap.services.publishing.edition import Edition
from regmap.services.snapshot import Snapshot
from regmap.services.versions import Version, VersionChange
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.revisions import Revision

LAW_CHANGED = "Law changed"
RECORD_CORRECTED = "Record corrected"
NEW = "Recorded for the first time"
_SECTIONS: Mapping[str, str] = {
    LAW_CHANGED: "The law is another on a day after the evidence that the record rested on before.",
    RECORD_CORRECTED: "The law did not move: what is said here of it, or how it is evidenced, is"
    " another.",
    NEW: "What the release before said nothing of.",
}
_OTHER_FIELDS = ("schedule", "possession", "sale", "extent")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#])")


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence of the changelog, and the heading that it stands under."""

    section: str
    text: str


def first_changelog(edition: Edition, counts: Mapping[str, int], statuses: Counter[str]) -> str:
    """The changelog of the first release: what there is.

    :param counts: rows by file.
    :param statuses: rows of ``statuses.csv`` by status.
    """
    lines = [
        f"First release: data version {edition.version} of {edition.dated}. There is none before it"
        " to compare with.\n",
        "## What it holds\n",
        *(f"- `{path}`: {_counted(rows, 'row')}" for path, rows in counts.items()),
        f"\n## Statuses on {edition.on}\n",
        *(f"- {entry.label}: {statuses[code]:,}" for code, entry in STATUSES.items()),
    ]
    return _document(lines)


def changelog(edition: Edition, before: Version, facts: Sequence[Fact]) -> str:
    """What the facts of a release have changed in since the one before."""
    counts = Counter(fact.section for fact in facts)
    told = ", ".join(f"{section.lower()} {counts[section]:,}" for section in _SECTIONS)
    lines = [
        f"Data version {edition.version} of {edition.dated}, compared with {edition.previous} of"
        f" {before.recorded_at.date()}: {told}.\n"
    ]
    for section, meaning in _SECTIONS.items():
        if not counts[section]:
            continue
        lines.append(f"## {section}\n\n{meaning}\n")
        lines += [f"- {fact.text}" for fact in facts if fact.section == section]
        lines.append("")
    if not facts:
        lines.append("No fact is another.")
    return _document(lines)


def facts_of(
    database: Database, snapshot: Snapshot, changed: Iterable[VersionChange]
) -> Iterator[Fact]:
    """What two versions say differently, a sentence each.

    :param snapshot: of the newer version: it knows the names.
    :param changed: what ``Versions.between`` found.
    """
    with database.reading() as connection:
        for one in changed:
            after = one.before.revision if one.before else 0
            edits = [
                edit
                for edit in revisions.of_subject(
                    connection, (one.jurisdiction, one.substance), one.after.revision
                )
                if edit.revision > after
            ]
            about = _about(snapshot, one)
            for section, told in _told(one):
                yield Fact(section, f"{about}: {told} {_why(edits)}")


def plain(text: str) -> str:
    """A text by whoever it may be, on one line, with nothing in it that Markdown would act on."""
    visible = "".join(
        " " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one
        for one in text
        if unicodedata.category(one) not in ("Cf", "Cs")
    )
    return _MARKDOWN.sub(r"\\\1", " ".join(visible.split()))


def _told(one: VersionChange) -> Iterator[tuple[str, str]]:
    if one.is_first:
        yield NEW, _new(one)
    elif one.is_removal:
        yield RECORD_CORRECTED, "was removed from the data set."
    elif not one.differences:
        listed = ", ".join(f"`{name}`" for name in _fields(one.changes))
        what = "the law is told as before" if one.substance else "the jurisdiction itself"
        yield RECORD_CORRECTED, f"{what}; changed: {listed}."
    for difference in () if one.is_first or one.is_removal else one.differences:
        is_news = difference.type is ChangeType.LAW_CHANGED
        yield (LAW_CHANGED if is_news else RECORD_CORRECTED), _difference(difference)


def _new(one: VersionChange) -> str:
    if one.substance is None:
        return "the jurisdiction itself."
    periods = len((one.after.document or {}).get("periods", []))
    return f"{_counted(periods, 'period')} of law." if periods else "no rule of its own was found."


def _difference(one: Difference) -> str:
    details = "; ".join(_details(one.before, one.after))
    more = f" ({details})" if details else ""
    return f"{_span(one.start, one.end)}, {_law(one.before)} → {_law(one.after)}{more}."


def _span(start: PartialDate | None, end: PartialDate | None) -> str:
    since = f"from {start}" if start else "from before any known date"
    return f"{since} until {end}" if end else since


def _law(period: Period | None) -> str:
    if period is None:
        return "no rule of its own"
    label = STATUSES[period.status].label.lower()
    if period.min_age is None or not age_applies(period.status):
        return label
    return f"{label} from age {period.min_age}"


def _details(before: Period | None, after: Period | None) -> Iterator[str]:
    """What else of the law differs where both sides have a rule."""
    if before is None or after is None:
        return
    for name in _OTHER_FIELDS:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield f"{name}: {_value(old)} → {_value(new)}"
    for code in sorted({*before.rules, *after.rules}):
        old, new = before.rules.get(code), after.rules.get(code)
        if old != new:
            yield f"rule {code}: {_value(old)} → {_value(new)}"


def _value(value: object) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(str(value))


def _fields(changes: Iterable[Change]) -> list[str]:
    """The names of the fields that differ, each once: that of a source's title is ``sources``."""
    return sorted({_field(change.path) for change in changes})


def _field(path: str) -> str:
    parts = [part for part in path.split("/") if part and not part.isdecimal()]
    named = parts[1:] if parts[:1] == ["periods"] else parts
    return named[0] if named else (parts[0] if parts else "all of it")


def _about(snapshot: Snapshot, one: VersionChange) -> str:
    known = one.jurisdiction in snapshot.tree
    name = snapshot.tree.get(one.jurisdiction).name if known else one.jurisdiction
    substance = snapshot.substances.get(one.substance) if one.substance else None
    return f"**{plain(name)}** (`{one.jurisdiction}`)" + (_named(substance, one.substance))


def _named(substance: Substance | None, code: str | None) -> str:
    if code is None:
        return ""
    return f", {plain(substance.name if substance else code)}"


def _why(edits: Sequence[Revision]) -> str:
    told = []
    for edit in edits:
        by = [f"correction `{edit.correction}`"] if edit.correction else []
        by += [f"release {plain(edit.release)}"] if edit.release and not by else []
        told.append(f"{plain(edit.reason)} ({', '.join([*by, f'revision {edit.revision}'])})")
    return f"Why: {'; '.join(told)}."


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _document(lines: Iterable[str]) -> str:
    return "\n".join(["# Facts that changed\n", *lines]).rstrip() + "\n"
