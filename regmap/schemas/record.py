"""A record as a document: the same shape in the files, the store and the API."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from marshmallow import Schema, fields, post_dump, post_load

from regmap.domain.records import Bill, Ending, Period, Record, Source
from regmap.domain.vocabulary import (
    POSSESSION_VALUES,
    RULES,
    Confidence,
    Extent,
    Permission,
    RuleEntry,
    SourceKind,
    Status,
)
from regmap.domain.wording import said
from regmap.schemas.documents import loaded
from regmap.schemas.fields import (
    AtLeast,
    Code,
    HttpUrl,
    PartialDateField,
    StrictBoolean,
    StrictInteger,
    StrictNumber,
    Text,
)

_AGE = AtLeast(1, 120)


def _optional_text() -> Text:
    return Text(allow_none=True, load_default=None)


class SourceSchema(Schema):
    """Where a statement comes from."""

    title = Text(required=True)
    url = HttpUrl(required=True)
    publisher = _optional_text()
    kind = Code(SourceKind, required=True)
    published = PartialDateField(allow_none=True, load_default=None)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Source:
        """Turn a valid document into its domain object."""
        return Source(**data)


class EndingSchema(Schema):
    """What ended a period where no rule followed."""

    summary = Text(required=True)
    citation = _optional_text()
    instrument = _optional_text()
    sources = fields.List(fields.Nested(SourceSchema), required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Ending:
        """Turn a valid document into its domain object."""
        return Ending(**{**data, "sources": tuple(data["sources"])})


def _rule_field(entry: RuleEntry) -> fields.Field[Any]:
    metadata = {"description": entry.meaning + (f" ({entry.unit})" if entry.unit else "")}
    if entry.kind == "flag":
        return StrictBoolean(metadata=metadata)
    if entry.kind == "number":
        return StrictNumber(validate=AtLeast(0), metadata=metadata)
    return Text(metadata=metadata)


class RulesSchema(Schema.from_dict({name: _rule_field(entry) for name, entry in RULES.items()})):  # type: ignore[misc]  # the base is made from the codebook
    """The rules of a period; a rule that is absent is not known."""

    error_messages = {"unknown": said("Unknown rule.")}  # noqa: RUF012  # marshmallow declares it so

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Mapping[str, Any]:
        """Make the rules read-only, in codebook order."""
        return MappingProxyType({name: data[name] for name in RULES if name in data})


class PeriodSchema(Schema):
    """A stretch of time in which one rule held: ``from`` is in, ``to`` is out."""

    start = PartialDateField(data_key="from", required=True, allow_none=True)
    end = PartialDateField(data_key="to", required=True, allow_none=True)
    status = Code(Status, required=True)
    min_age = StrictInteger(allow_none=True, load_default=None, validate=_AGE)
    schedule = _optional_text()
    possession = Code(Permission, only=POSSESSION_VALUES, required=True)
    sale = Code(Permission, required=True)
    rules = fields.Nested(RulesSchema, load_default=lambda: MappingProxyType({}))
    summary = _optional_text()
    citation = _optional_text()
    instrument = _optional_text()
    penalty = _optional_text()
    sources = fields.List(fields.Nested(SourceSchema), required=True)
    confidence = Code(Confidence, required=True)
    extent = Code(Extent, required=True, allow_none=True)
    ended_by = fields.Nested(EndingSchema, allow_none=True, load_default=None)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Period:
        """Turn a valid document into its domain object."""
        return Period(**{**data, "sources": tuple(data["sources"])})

    @post_dump
    def without_empty_ending(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Leave ``ended_by`` out where nothing ended the period: most have none."""
        if data.get("ended_by") is None:
            data.pop("ended_by", None)
        return data


class BillSchema(Schema):
    """A pending bill."""

    title = Text(required=True)
    stage = Text(required=True)
    as_of = PartialDateField(allow_none=True, load_default=None)
    url = HttpUrl(allow_none=True, load_default=None)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Bill:
        """Turn a valid document into its domain object."""
        return Bill(**data)


class RecordBodySchema(Schema):
    """What a record says, without the key that says whose it is."""

    periods = fields.List(fields.Nested(PeriodSchema), required=True)
    pending = fields.List(fields.Nested(BillSchema), load_default=list)
    evidence_as_of = PartialDateField(required=True, allow_none=True)
    note = _optional_text()


class RecordSchema(RecordBodySchema):
    """One jurisdiction and one substance, with every period of law that is known."""

    jurisdiction = fields.String(required=True)
    substance = fields.String(required=True)

    class Meta:
        """Key first, as a reader expects."""

        fields = ("jurisdiction", "substance", "periods", "pending", "evidence_as_of", "note")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Record:
        """Turn a valid document into its domain object."""
        return Record(
            **{**data, "periods": tuple(data["periods"]), "pending": tuple(data["pending"])}
        )


_schema = RecordSchema()  # once: making it takes as long as reading a record


def record_to_document(record: Record) -> dict[str, Any]:
    """The JSON document of a record, in a fixed order; ``ended_by`` only where something did."""
    return _schema.dump(record)  # type: ignore[no-any-return]  # a dict for one object


def record_from_document(document: Mapping[str, Any]) -> Record:
    """The record of a document.

    :raises InvalidDocument: with the messages per field.
    """
    return loaded(_schema, document, Record)
