"""Answers in plain English, made for quoting: careful, complete, and never kinder than the record.

``unknown`` is never called lawful, and a stricter status that may hold is said in the same breath.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from regmap.domain.records import Record
from regmap.domain.resolution import Layer, Resolution
from regmap.domain.verdict_terms import OUTCOMES, Outcome, Verdict
from regmap.domain.vocabulary import STATUSES, Status, Substance, age_applies
from regmap.services.browse import Standing
from regmap.services.changes import AnyChange, Retelling
from regmap.services.lookup import Answer, Near

NEVER_LAWFUL = "unknown never means lawful"


def status_said(
    answer: Answer,
    where: str,
    substance: Substance,
    substances: Mapping[str, Substance],
    day: date,
    known_at: str | None,
) -> str:
    """What holds at a location on a day, who decides, since when; without the doubts.

    :param where: the location as people write it, with `in` or `at`.
    :param known_at: the moment of the state of knowledge, if it is not the present one.
    """
    as_known = f" (as the data set stood at {known_at})" if known_at else ""
    about = f"{substance.name} {where} on {day}{as_known}"
    resolution = answer.resolution
    if resolution is None:
        return f"{about}: no status can be told, and {NEVER_LAWFUL}."
    parts = [
        f"{about} {_holds(resolution)}{_decided(resolution, substance, substances)}.",
        *_evidence(resolution.governing),
        *(_beyond(near) for near in answer.near),
        *_coming(answer),
    ]
    return " ".join(parts)


def border_doubts(answer: Answer) -> Iterator[str]:
    """What has to be said where a border close by may as well lie on the other side of a spot."""
    for near in answer.near:
        if near.blurred:
            yield (
                f"The border to {near.jurisdiction.name} ({_label(near.status)}) is not drawn"
                " finely enough to tell on which side this spot lies."
            )


def standing_said(standing: Standing) -> str:
    """How one substance stands in a jurisdiction, in a few words."""
    resolution = standing.answer.resolution
    holds = _holds(resolution) if resolution else f"has no status here, and {NEVER_LAWFUL}"
    governing = resolution.governing if resolution else None
    by = f", by the law of {_who(governing)}" if governing else ""
    own = "" if standing.own_period else " (it has no rule of its own)"
    return f"{standing.substance.name} {holds}{by}{own}."


def record_said(
    name: str, substance: Substance, record: Record | None, revisions: int, as_known: str
) -> str:
    """What a record tells of the law's history, in a few words."""
    about = f"{substance.name} in {name}{as_known}"
    if record is None:
        return f"{about}: no record; whether it has a rule of its own is not known."
    if not record.periods:
        return f"{about}: looked at, and no rule of its own was found."
    steps = "; ".join(
        f"from {period.start or 'a date that is not known'}"
        f"{f' to {period.end}' if period.end else ''}: {_label(period.status)}"
        for period in record.periods
    )
    return f"{about}, by its own rules: {steps}. Revisions of the record: {revisions}."


def verdicts_said(verdicts: Sequence[tuple[str, Verdict | None]], product: str, day: date) -> str:
    """What was judged: each in full where there is one, else how many of each.

    :param verdicts: each location as it was asked for, with its verdict; None: it had an error.
    """
    if len(verdicts) == 1:
        where, verdict = verdicts[0]
        outcome = verdict.outcome if verdict else Outcome.UNKNOWN
        reasons = " ".join(reason.text for reason in verdict.reasons) if verdict else ""
        return f"{product} to {where} on {day}: {outcome} ({OUTCOMES[outcome]}). {reasons}".rstrip()
    counts = dict.fromkeys(Outcome, 0)
    for _, verdict in verdicts:
        counts[verdict.outcome if verdict else Outcome.UNKNOWN] += 1
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    return f"{product} to {len(verdicts)} locations on {day}: {told}. Only allow means that it may."


def part_said(kind: str, total: int, page: int, page_size: int) -> str:
    """Which part of a list is shown, and how to go on.

    :param kind: what is listed, in the singular.
    """
    first = (page - 1) * page_size + 1
    last = min(first + page_size - 1, total)
    if total == 0:
        return f"no {kind} fits the question, which says nothing of what is lawful."
    found = f"1 {kind} fits the question" if total == 1 else f"{total} {kind}s fit the question"
    if first > total:
        return f"{found}; page {page} lies beyond the last."
    shown = f"{found}; shown: {first} to {last}."
    return f"{shown} Ask with page={page + 1} for more." if last < total else shown


def change_said(change: AnyChange, substance: Substance) -> str:
    """One change of law, or one correction of the record, in a few words."""
    who = f"{change.jurisdiction.name} ({change.jurisdiction.id})"
    before, after = (
        _label(period.status) if period else "no rule of its own"
        for period in (change.before, change.after)
    )
    if isinstance(change, Retelling):
        start = change.effective or "a date that is not known"
        of = f"the time from {start}" + (f" to {change.until}" if change.until else "")
        return (
            f"Corrected on {change.day}: {who}, {substance.name}: {of} was told as {before}, and is"
            f" told as {after}."
        )
    then = f"{before}, then {after} ({change.direction})"
    return f"On {change.effective}, {who}, {substance.name}: {then}."


def _holds(resolution: Resolution) -> str:
    """The status with its meaning, and what may hold besides."""
    status, strictest = resolution.status, resolution.strictest_possible
    if status is Status.UNKNOWN:
        told = f"has the status unknown: the law there is not known, and {NEVER_LAWFUL}"
    else:
        told = f"has the status {_label(status)}: {STATUSES[status].meaning}{_age(resolution)}"
    if strictest is not status:
        told += f"; possibly it is {_label(strictest)}, because a stricter rule may reach it"
    return told


def _decided(
    resolution: Resolution, substance: Substance, substances: Mapping[str, Substance]
) -> str:
    governing = resolution.governing
    if governing is None or governing.period is None:
        return ""
    if resolution.status is Status.UNKNOWN:
        return f"; what is not clear is the law of {_who(governing)}"
    plant = substances.get(substance.falls_back_to or "")
    covers = f" on {plant.name}, which covers it" if governing.inherited and plant else ""
    start = governing.period.start
    since = f"in force since {start}" if start else "since when is not known"
    return f"; the law that decides is that of {_who(governing)}{covers}, {since}"


def _evidence(governing: Layer | None) -> Iterator[str]:
    if governing is None or governing.period is None or governing.record is None:
        return
    dated = governing.record.evidence_as_of
    of = f"of {dated}" if dated else "of unknown date"
    yield f"The evidence is {of}, confidence {governing.period.confidence}."


def _beyond(near: Near) -> str:
    return (
        f"Another status holds {near.distance_km:.1f} km away, in {near.jurisdiction.name}"
        f" ({near.jurisdiction.id}): {_label(near.status)}."
    )


def _coming(answer: Answer) -> Iterator[str]:
    coming = answer.next_change
    if coming is not None:
        then = _label(coming.resolution.status) + _age(coming.resolution)
        yield f"The next change, from {coming.effective} on ({coming.jurisdiction}): {then}."


def _label(status: Status) -> str:
    return str(STATUSES[status].label).lower()


def _age(resolution: Resolution) -> str:
    if resolution.min_age is None or not age_applies(resolution.status):
        return ""
    return f", from the age of {resolution.min_age}"


def _who(layer: Layer) -> str:
    return f"{layer.jurisdiction.name} ({layer.jurisdiction.id})"
