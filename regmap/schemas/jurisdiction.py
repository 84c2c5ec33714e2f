"""A jurisdiction as a document, and the file that holds it together with its records."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from regmap.domain.jurisdictions import Jurisdiction, LocalGeo
from regmap.domain.records import Record
from regmap.domain.vocabulary import Level
from regmap.schemas.documents import loaded
from regmap.schemas.fields import LATITUDE, LONGITUDE, Code, StrictNumber, Text
from regmap.schemas.record import RecordBodySchema


class LocalGeoSchema(Schema):
    """Where a local jurisdiction lies: degrees, km², Census codes."""

    lat = StrictNumber(allow_none=True, load_default=None, validate=LATITUDE)
    lon = StrictNumber(allow_none=True, load_default=None, validate=LONGITUDE)
    bbox = fields.Tuple(
        (
            StrictNumber(validate=LONGITUDE),
            StrictNumber(validate=LATITUDE),
            StrictNumber(validate=LONGITUDE),
            StrictNumber(validate=LATITUDE),
        ),
        allow_none=True,
        load_default=None,
    )
    land_km2 = StrictNumber(allow_none=True, load_default=None, validate=validate.Range(min=0))
    fips = fields.String(
        allow_none=True, load_default=None, validate=validate.Regexp(r"[0-9]{5}\Z")
    )
    geoid = fields.String(
        allow_none=True, load_default=None, validate=validate.Regexp(r"[0-9]{7,10}\Z")
    )
    county = Text(allow_none=True, load_default=None)
    census_name = Text(allow_none=True, load_default=None)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> LocalGeo:
        """Turn a valid document into its domain object."""
        return LocalGeo(**data)


class JurisdictionSchema(Schema):
    """Who a record is about."""

    id = fields.String(data_key="jurisdiction", required=True)
    name = Text(required=True, max_length=200)
    level = Code(Level, required=True)
    parent = fields.String(required=True, allow_none=True)
    geo = fields.Nested(LocalGeoSchema, allow_none=True, load_default=None)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Jurisdiction:
        """Turn a valid document into its domain object."""
        return Jurisdiction(**data)


class JurisdictionFileSchema(JurisdictionSchema):
    """One file of ``data/records/``: a jurisdiction and its records by substance."""

    records = fields.Dict(
        keys=fields.String(), values=fields.Nested(RecordBodySchema), required=True
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Keep the parts as they are: the reader joins them."""
        return data


_schema = JurisdictionSchema()  # once: making them takes longer than reading
_file_schema = JurisdictionFileSchema()


def jurisdiction_to_document(jurisdiction: Jurisdiction) -> dict[str, Any]:
    """The JSON document of a jurisdiction; its codes are derived, so they are not part of it."""
    return _schema.dump(jurisdiction)  # type: ignore[no-any-return]  # a dict for one


def jurisdiction_from_document(document: Mapping[str, Any]) -> Jurisdiction:
    """The jurisdiction of a document.

    :raises InvalidDocument: with the messages per field.
    """
    return loaded(_schema, document, Jurisdiction)


def file_from_document(document: Any) -> tuple[Jurisdiction, list[Record]]:
    """The jurisdiction and the records of one file.

    :raises InvalidDocument: with the messages per field.
    """
    parts: dict[str, Any] = loaded(_file_schema, document, dict)
    bodies = parts.pop("records")
    jurisdiction = Jurisdiction(**parts)
    return jurisdiction, [
        Record(
            jurisdiction.id,
            substance,
            tuple(body["periods"]),
            tuple(body["pending"]),
            body["evidence_as_of"],
            body["note"],
        )
        for substance, body in bodies.items()
    ]
