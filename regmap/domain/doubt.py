"""What makes an answer doubtful, said in words: a doubtful answer is shown as doubtful."""

from collections.abc import Iterator
from datetime import date

from regmap.domain.records import Record
from regmap.domain.resolution import (
    Layer,
    Resolution,
    is_stricter,
    unconfirmed_reach,
    undetermined,
)
from regmap.domain.vocabulary import STATUSES, UPPER_LEVELS, Confidence, Extent, Status
from regmap.domain.wording import Said, said

STALE_AFTER_DAYS = 365
"""Evidence older than this is called old: law on kratom changes by the session."""

GRAVEST_DOUBT = 2
"""The highest grade of doubt (:func:`doubt_grade`)."""


def doubts(resolution: Resolution, today: date) -> Iterator[Said]:
    """Every reason to doubt the answer, the weightiest first, as sentences."""
    states = undetermined(resolution.possible)
    if states:
        names = ", ".join(layer.jurisdiction.name for layer in states)
        yield said(
            "It is not certain which of these this is in, so none of them decides: {names}.",
            names=names,
        )
    if resolution.governing is None:
        yield said("No sufficient evidence of the law here was found. Unknown never means lawful.")
    elif resolution.status is Status.UNKNOWN:
        yield said(
            "The law of {name} is not known well enough to say what holds here."
            " Unknown never means lawful.",
            name=resolution.governing.jurisdiction.name,
        )
    yield from _reach_doubts(resolution)
    for layer in (*resolution.layers, *resolution.possible):
        yield from _layer_doubts(layer)
    if resolution.governing is not None:
        yield from _evidence_doubts(resolution.governing, today)


def doubt_grade(resolution: Resolution, today: date) -> int:
    """How many reasons of evidence speak against taking the answer at its word: 0, 1, or 2.

    Reasons are: a stricter rule may hold; confidence is low; no source is on file; the evidence is
    old or of unknown date. 2 stands for more of them too, and for every ``unknown``.

    :param today: the day that the evidence is aged by.
    """
    if resolution.status is Status.UNKNOWN or resolution.governing is None:
        return GRAVEST_DOUBT
    reasons = [*_reach_doubts(resolution), *_evidence_doubts(resolution.governing, today)]
    return min(len(reasons), GRAVEST_DOUBT)


def _reach_doubts(resolution: Resolution) -> Iterator[Said]:
    if resolution.strictest_possible is resolution.status:
        return
    names = ", ".join(
        layer.jurisdiction.name
        for layer in resolution.possible
        if layer.weighs and is_stricter(layer, resolution.status)
    )
    yield said(
        "A stricter rule may hold here ({status}): {names}."
        " Whether it reaches this spot is not certain.",
        status=STATUSES[resolution.strictest_possible].label.lower(),
        names=names,
    )


def _layer_doubts(layer: Layer) -> Iterator[Said]:
    if not layer.counts or layer.period is None:
        return
    name = layer.jurisdiction.name
    if layer.period.status is Status.UNKNOWN and layer.jurisdiction.level not in UPPER_LEVELS:
        yield said("Whether {name} has a rule of its own is not known.", name=name)
    if unconfirmed_reach(layer):
        yield said("Nobody confirmed whether the rule of {name} binds the cities in it.", name=name)
    if layer.period.extent is Extent.UNINCORPORATED:
        yield said("The rule of {name} stops at the limits of the cities in it.", name=name)


def _evidence_doubts(governing: Layer, today: date) -> Iterator[Said]:
    name = governing.jurisdiction.name
    if governing.period is not None:
        if governing.period.confidence is Confidence.LOW:
            yield said("The sources on {name} are weak or disagree (confidence: low).", name=name)
        if not governing.period.sources:
            yield said("No source is on file for the present rule of {name}.", name=name)
    if governing.record is not None:
        yield from _age_doubts(governing.record, name, today)


def _age_doubts(record: Record, name: str, today: date) -> Iterator[Said]:
    if record.evidence_as_of is None:
        yield said("The date of the evidence on {name} is not known.", name=name)
    elif is_stale(record, today):
        yield said(
            "The evidence on {name} is of {date}; the law may have changed since.",
            name=name,
            date=record.evidence_as_of,
        )


def is_stale(record: Record, today: date) -> bool:
    """Whether the evidence is old or of unknown date."""
    if record.evidence_as_of is None:
        return True
    return (today - record.evidence_as_of.first_day).days > STALE_AFTER_DAYS
