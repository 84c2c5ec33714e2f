"""What stands around every answer: sources, dates and doubt, so that they are quoted with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from regmap.api.blueprint import DISCLAIMER
from regmap.domain.dates import PartialDate
from regmap.domain.records import Source
from regmap.domain.resolution import Layer, Resolution, is_stricter
from regmap.domain.vocabulary import Confidence
from regmap.schemas.record import SourceSchema
from regmap.services.bundle import Services

_source_schema = SourceSchema()
_FIRM_TO_WEAK = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)


@dataclass
class Ground:
    """What an answer rests on, gathered piece by piece."""

    sources: dict[Source, list[str]] = field(default_factory=dict)
    evidence: list[PartialDate | None] = field(default_factory=list)
    confidences: set[Confidence] = field(default_factory=set)
    doubts: list[str] = field(default_factory=list)

    def cite(self, sources: Iterable[Source], jurisdiction_id: str | None) -> None:
        """Name sources, each once however often it is cited."""
        for source in sources:
            of = self.sources.setdefault(source, [])
            if jurisdiction_id is not None and jurisdiction_id not in of:
                of.append(jurisdiction_id)

    def doubt(self, texts: Iterable[str], of: str | None = None) -> None:
        """Name reasons to doubt, each once.

        :param of: what they are about, where an answer is about several things.
        """
        for text in texts:
            told = f"{of}: {text}" if of else str(text)
            if told not in self.doubts:
                self.doubts.append(told)

    def rest_on(self, resolution: Resolution | None) -> None:
        """Take what decides at a location, and the sources of what may hold there besides."""
        governing = resolution.governing if resolution else None
        self.evidence.append(
            governing.record.evidence_as_of if governing and governing.record else None
        )
        if resolution is None:
            return
        deciding = [governing] if governing else []
        stricter = [
            layer
            for layer in resolution.possible
            if layer.weighs and is_stricter(layer, resolution.status)
        ]
        for layer in (*deciding, *stricter):
            self._cite_layer(layer)
        if governing and governing.period:
            self.confidences.add(governing.period.confidence)

    def _cite_layer(self, layer: Layer) -> None:
        if layer.period is not None:
            self.cite(layer.period.sources, layer.jurisdiction.id)

    @property
    def oldest(self) -> PartialDate | None:
        """The date of the oldest evidence; None: of some of it, or of all, it is not known."""
        known = [one for one in self.evidence if one is not None]
        return min(known) if known and len(known) == len(self.evidence) else None

    @property
    def weakest(self) -> Confidence | None:
        """The weakest confidence; None: nothing was found."""
        return max(self.confidences, key=_FIRM_TO_WEAK.index, default=None)


@dataclass(frozen=True)
class Reply:
    """What a tool has found.

    :param said: the answer in plain words, with its doubts.
    :param answer: the answer as JSON values, as the API has it.
    :param on: the day that was asked about.
    :param known_at: the moment of the state of knowledge, as it was asked for.
    :param page: path of the page for people.
    """

    said: str
    answer: dict[str, Any]
    ground: Ground
    on: date
    known_at: str | None
    page: str


def enveloped(reply: Reply, asked: Services) -> dict[str, Any]:
    """The whole that is given back, as JSON values."""
    ground = reply.ground
    return {
        "said": one_line(reply.said),
        "on": reply.on.isoformat(),
        "known_at": reply.known_at,
        "evidence_as_of": str(ground.oldest) if ground.oldest else None,
        "confidence": ground.weakest,
        "doubts": ground.doubts,
        "sources": [{**_source_schema.dump(one), "of": of} for one, of in ground.sources.items()],
        "data_version": asked.snapshot.data_version,
        "page": reply.page,
        "disclaimer": DISCLAIMER,
        "answer": reply.answer,
    }


def one_line(text: str) -> str:
    """A text without line breaks: names come from outside, and shall not start a line."""
    return " ".join(text.split())
