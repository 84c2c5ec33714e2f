"""Answers of the services as the values that the schemas write."""

from collections.abc import Iterable, Mapping
from typing import Any

from regmap.api.blueprint import DISCLAIMER, PREFIX
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.outlook import NextChange
from regmap.domain.resolution import Resolution
from regmap.services.browse import Standing
from regmap.services.changes import LegalChange
from regmap.services.history import Edit
from regmap.services.lookup import Answer


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


def standing(one: Standing) -> Mapping[str, Any]:
    """How one substance stands."""
    resolution = one.answer.resolution
    deciding = _deciding(resolution) if resolution else {}
    return {
        **deciding,
        "substance": one.substance.code,
        "own_rule": one.own_period is not None,
    }


def legal_change(change: LegalChange) -> dict[str, Any]:
    """A change of law with what tells of it."""
    told = change.told_by
    return {
        "jurisdiction": change.jurisdiction,
        "substance": change.substance,
        "effective": change.effective,
        "before": change.before.status if change.before else None,
        "after": change.after.status if change.after else None,
        "effective_before": change.effective_before,
        "effective_after": change.effective_after,
        "direction": change.direction,
        "summary": told.summary if told else None,
        "citation": told.citation if told else None,
        "sources": change.sources,
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
        "changes": edit.changes,
    }
