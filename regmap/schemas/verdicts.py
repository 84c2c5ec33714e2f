"""The shapes of verdicts: the product that is asked about, and the answer."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from regmap.domain.verdict_terms import Effect, Form, Ground, Outcome, Product
from regmap.domain.vocabulary import Substance
from regmap.schemas.fields import Code, Day, StrictInteger, StrictNumber, Text
from regmap.schemas.record import SourceSchema

MAX_AGE = 130
_PERCENT = validate.Range(min=0, max=100)
_PPM = validate.Range(min=0, max=1_000_000)
# No serving weighs a kilogram; larger numbers are slips of the unit.
_SERVING_MG = validate.Range(min=0, max=1_000_000)
_MAX_CODE = 80


def _fact(text: str) -> dict[str, Any]:
    return {"allow_none": True, "load_default": None, "metadata": {"description": text}}


class ProductSchema(Schema):
    """What is to be sent, and to whom; null and left out both mean that it is not said."""

    error_messages = {"unknown": "Unknown field."}  # noqa: RUF012  # marshmallow declares it so

    class Meta:
        """Refuse what no rule can be held against: it would be passed over in silence."""

        unknown = RAISE

    substance = Text(required=True, max_length=_MAX_CODE)
    form = Code(Form, allow_none=True, load_default=None)
    seven_oh_percent = StrictNumber(
        validate=_PERCENT, **_fact("7-hydroxymitragynine in percent of all alkaloids")
    )
    seven_oh_ppm = StrictNumber(
        validate=_PPM, **_fact("7-hydroxymitragynine in parts per million of the product")
    )
    serving_mg = StrictNumber(validate=_SERVING_MG, **_fact("alkaloids in a serving, in mg"))
    buyer_age = StrictInteger(validate=validate.Range(min=0, max=MAX_AGE), **_fact("in full years"))

    @validates_schema
    def no_contradiction(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse facts that cannot both be true: whichever is wrong, the answer would be too."""
        share, ppm = data.get("seven_oh_percent"), data.get("seven_oh_ppm")
        if share is not None and ppm is not None and (share == 0) is not (ppm == 0):
            raise ValidationError("Contradicts seven_oh_percent: only one is 0.", "seven_oh_ppm")


def product_of(data: dict[str, Any], substance: Substance) -> Product:
    """The product of a loaded ``ProductSchema``, its substance looked up by the caller."""
    return Product(**{**data, "substance": substance})


class CitedSourceSchema(SourceSchema):
    """A source, as short as it can be looked up."""

    class Meta:
        """The rest stands in the record."""

        fields = ("title", "url", "kind")


class ReasonSchema(Schema):
    """One reason of a verdict: what it rests on, whose law, and what it does."""

    rule = Code(Ground, required=True)
    effect = Code(Effect, required=True)
    jurisdiction = fields.String(required=True, allow_none=True)
    text = fields.String(required=True)
    citation = fields.String(required=True, allow_none=True)
    sources = fields.List(fields.Nested(CitedSourceSchema), required=True)
    needs = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "the field of `product` that would settle it"},
    )


class VerdictSchema(Schema):
    """The verdict itself: the part that all items of one situation share."""

    verdict = Code(Outcome, attribute="outcome", required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)


class VerdictQuestionSchema(Schema):
    """The question as it was understood, for the file and the receipt."""

    location = fields.Dict(keys=fields.String(), required=True)
    product = fields.Nested(ProductSchema, required=True)
    on = Day(required=True)


class VerdictItemSchema(VerdictSchema):
    """The verdict on one location: the whole of it is what its receipt vouches for."""

    id = fields.Raw(metadata={"description": "as it was given, if it was"})
    question = fields.Nested(VerdictQuestionSchema, required=True)
    data_version = fields.String(required=True)
    receipt = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "signed; null where the server has no key"},
    )
