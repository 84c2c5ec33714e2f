"""Answers of the services as the values that the schemas write."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from regmap.api.blueprint import DISCLAIMER, PREFIX
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.outlook import NextChange
from regmap.domain.records import Record
from regmap.domain.resolution import Layer, Resolution
from regmap.domain.vocabulary import Substance
from regmap.places.names import Candidate
from regmap.services.browse import Standing
from regmap.services.bundle import Services
from regmap.services.changes import AnyChange, Retelling
from regmap.services.finder import Choices
from regmap.services.history import Edit
from regmap.services.lookup import Answer, Near
from regmap.services.routes import Crossing, Route


def jurisdiction_url(jurisdiction_id: str) -> str:
    """Where the API describes a jurisdiction."""
    return f"{PREFIX}/jurisdictions/{jurisdiction_id}"


def found(answer: Answer, data_version: str) -> dict[str, Any]:
    """What was found at a spot."""
    resolution = answer.resolution
    return {
        "effective": effective(resolution, answer.next_change) if resolution else None,
        "layers": resolution.layers if resolution else (),
        "possible": resolution.possible if resolution else (),
        "near": answer.near,
        "warnings": answer.warnings,
        "data_version": data_version,
        "disclaimer": DISCLAIMER,
    }


def candidates(choices: Choices, asked: Services, besides: Mapping[str, str]) -> dict[str, Any]:
    """The places that a name fits.

    :param besides: the rest of the question, as it was asked: each candidate's ``url`` keeps it.
    """
    return {
        "candidates": [
            {
                "name": one.name,
                "label": asked.finder.label(one),
                "jurisdiction": one.jurisdiction,
                "level": one.level,
                "country": one.country,
                "state": one.state,
                "lat": one.lat,
                "lon": one.lon,
                "population": one.population,
                "exact": one.exact,
                "url": _status_url(one, besides),
            }
            for one in choices.candidates
        ],
        "total": choices.total,
        "data_version": asked.snapshot.data_version,
        "disclaimer": DISCLAIMER,
    }


def _status_url(one: Candidate, besides: Mapping[str, str]) -> str:
    where = (
        {"jurisdiction": one.jurisdiction}
        if one.jurisdiction is not None
        else {"lat": one.lat, "lon": one.lon}
    )
    return f"{PREFIX}/status?{urlencode({**where, **besides})}"


def compact(answer: Answer) -> dict[str, Any]:
    """What was found at a location, in short."""
    resolution = answer.resolution
    return {
        "effective": effective(resolution, answer.next_change) if resolution else None,
        "layers": [_compact_layer(layer) for layer in resolution.layers] if resolution else (),
        "possible": [_compact_layer(layer) for layer in resolution.possible] if resolution else (),
        "near": answer.near,
        "warnings": answer.warnings,
    }


def _compact_layer(layer: Layer) -> dict[str, Any]:
    return {
        "id": layer.jurisdiction.id,
        "match": layer.match,
        "status": layer.period.status if layer.period else None,
        "inherited": layer.inherited,
        "preempted": layer.preempted,
    }


def route(followed: Route) -> dict[str, Any]:
    """What is met along a route; what holds in each part of it is left to the view."""
    return {
        "km": round(followed.km, 3),
        "strictest": followed.strictest,
        "crossed": [_crossing(one) for one in followed.crossings],
        "totals": [
            {"jurisdiction": jurisdiction, "km": round(km, 3)}
            for jurisdiction, km in followed.totals
        ],
        "stricter_near": [
            {**_near(one.near), "at_km": round(one.at_km, 3)} for one in followed.beside
        ],
    }


def _crossing(one: Crossing) -> dict[str, Any]:
    return {
        "jurisdiction": one.jurisdiction,
        "match": one.match,
        "from_km": round(one.from_km, 3),
        "to_km": round(one.to_km, 3),
        "km": round(one.to_km - one.from_km, 3),
    }


def _near(near: Near) -> dict[str, Any]:
    return {
        "jurisdiction": near.jurisdiction,
        "distance_km": near.distance_km,
        "status": near.status,
        "min_age": near.min_age,
        "governed_by": near.governed_by,
    }


def effective(resolution: Resolution, coming: NextChange | None) -> dict[str, Any]:
    """What holds, and who decides."""
    return {
        **_deciding(resolution),
        "strictest_possible": resolution.strictest_possible,
        "next_change": _next_change(coming) if coming else None,
    }


def _deciding(resolution: Resolution) -> dict[str, Any]:
    governing = resolution.governing
    period = governing.period if governing else None
    return {
        "status": resolution.status,
        "min_age": resolution.min_age,
        "governed_by": governing.jurisdiction.id if governing else None,
        "confidence": period.confidence if period else None,
        "summary": period.summary if period else None,
        "since": period.start if period else None,
        "verified": governing.record.evidence_as_of if governing and governing.record else None,
    }


def _next_change(coming: NextChange) -> dict[str, Any]:
    return {
        "effective": coming.effective,
        "jurisdiction": coming.jurisdiction,
        "status": coming.resolution.status,
        "min_age": coming.resolution.min_age,
        "direction": coming.direction,
    }


def jurisdiction_item(jurisdiction: Jurisdiction, standings: Iterable[Standing]) -> dict[str, Any]:
    """A jurisdiction with how each substance stands in it."""
    return {
        "id": jurisdiction.id,
        "name": jurisdiction.name,
        "level": jurisdiction.level,
        "parent": jurisdiction.parent,
        "codes": jurisdiction.codes,
        "statuses": [standing(one) for one in standings],
        "url": jurisdiction_url(jurisdiction.id),
    }


def jurisdiction_detail(
    asked: Services, jurisdiction: Jurisdiction, standings: Sequence[Standing], day: date
) -> dict[str, Any]:
    """Everything known of a jurisdiction on a day."""
    records = list(asked.snapshot.records_of(jurisdiction.id))
    return {
        **jurisdiction_item(jurisdiction, standings),
        "bbox": asked.browse.bbox(jurisdiction.id),
        "centroid": asked.browse.centroid(jurisdiction.id),
        "boundary": asked.browse.boundary(jurisdiction.id),
        "periods": [
            {"substance": one.substance.code, "period": one.own_period}
            for one in standings
            if one.own_period is not None
        ],
        "pending": [
            {
                "substance": record.substance,
                "title": bill.title,
                "stage": bill.stage,
                "as_of": bill.as_of,
                "url": bill.url,
            }
            for record in records
            for bill in record.pending
        ],
        "records": records,
        "local_rules": [
            {"substance": code, "level": level, "count": count}
            for code in asked.snapshot.substances
            for level, count in asked.browse.local_rules(jurisdiction.id, code, day).items()
        ],
    }


def both_histories(
    jurisdiction: Jurisdiction, substance: Substance, record: Record | None, edits: Iterable[Edit]
) -> dict[str, Any]:
    """A record's periods of law, and its edits."""
    return {
        "jurisdiction": jurisdiction,
        "substance": substance.code,
        "evidence_as_of": record.evidence_as_of if record else None,
        "note": record.note if record else None,
        "periods": record.periods if record else (),
        "pending": record.pending if record else (),
        "revisions": [revision(edit) for edit in edits],
    }


def standing(one: Standing) -> Mapping[str, Any]:
    """How one substance stands."""
    resolution = one.answer.resolution
    deciding = _deciding(resolution) if resolution else {}
    return {
        **deciding,
        "substance": one.substance.code,
        "own_rule": one.own_period is not None,
    }


def change_of_law(change: AnyChange) -> dict[str, Any]:
    """A change of law, or of what is told of it, with what tells of it."""
    told = change.told_by
    return {
        "type": change.type,
        "jurisdiction": change.jurisdiction,
        "substance": change.substance,
        "effective": change.effective,
        "before": change.before.status if change.before else None,
        "after": change.after.status if change.after else None,
        "effective_before": change.effective_before,
        "effective_after": change.effective_after,
        "direction": change.direction,
        "summary": change.summary,
        "citation": told.citation if told else None,
        "sources": change.sources,
        "until": change.until if isinstance(change, Retelling) else None,
        "revision": change.revision,
        "recorded_at": change.recorded_at,
    }


def revision(edit: Edit) -> dict[str, Any]:
    """An edit with what it changed."""
    kept = edit.revision
    return {
        "revision": kept.revision,
        "jurisdiction": kept.jurisdiction,
        "substance": kept.substance,
        "recorded_at": kept.recorded_at,
        "author": kept.author,
        "reason": kept.reason,
        "release": kept.release,
        "correction": kept.correction,
        "previous_hash": kept.previous_hash,
        "hash": kept.hash,
        "type": edit.type,
        "changes": edit.changes,
    }
