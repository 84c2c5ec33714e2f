"""The shapes of the re-check queue: what it is narrowed by, and its items."""

from marshmallow import Schema, fields

from regmap.domain.doubt import GRAVEST_DOUBT
from regmap.domain.vocabulary import Status
from regmap.schemas.answers import JurisdictionRefSchema, PageSchema
from regmap.schemas.fields import Code, PartialDateField
from regmap.schemas.queries import Paging
from regmap.schemas.record import BillSchema


class RecheckQuery(Paging):
    """What the queue is narrowed by."""

    substance = fields.String()
    parent = fields.String(
        metadata={"description": "only the records of the jurisdictions right below this one"}
    )


class DoubtfulSchema(Schema):
    """One record and what speaks for checking it again; `status` null: no rule of its own."""

    jurisdiction = fields.Nested(JurisdictionRefSchema, required=True)
    substance = fields.String(required=True)
    status = Code(Status, required=True, allow_none=True)
    doubt = fields.Integer(
        required=True,
        metadata={
            "minimum": 0,
            "maximum": GRAVEST_DOUBT,
            "description": "how many reasons of evidence speak against the record by itself",
        },
    )
    reasons = fields.List(
        fields.String(), required=True, metadata={"description": "every reason to doubt it"}
    )
    evidence_as_of = PartialDateField(required=True, allow_none=True)
    age_days = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "of the evidence; null: its date is not known"},
    )
    bills = fields.List(
        fields.Nested(BillSchema), required=True, metadata={"description": "pending"}
    )
    asks = fields.Integer(
        required=True,
        metadata={"description": "how often the jurisdiction was asked for in the last 30 days"},
    )
    score = fields.Float(
        required=True,
        metadata={
            "description": "(1 + doubt) × age in years (unknown: 3) × (1 + bills, at most 3)"
            " × (1 + log₂(1 + asks)): a number to sort by"
        },
    )
    url = fields.String(required=True)


class RecheckPageSchema(PageSchema):
    """A page of the re-check queue."""

    items = fields.List(fields.Nested(DoubtfulSchema), required=True)
    data_version = fields.String(required=True)
