"""A substance as a document."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from regmap.domain.vocabulary import Substance
from regmap.schemas.documents import loaded
from regmap.schemas.fields import Text


class SubstanceSchema(Schema):
    """One substance of the codebook."""

    code = fields.String(required=True, validate=validate.Regexp(r"[a-z0-9]+(-[a-z0-9]+)*\Z"))
    name = Text(required=True)
    meaning = Text(required=True)
    falls_back_to = fields.String(required=True, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Substance:
        """Turn a valid document into its domain object."""
        return Substance(**data)


def substances_from_document(document: Any) -> list[Substance]:
    """The substances of a list of documents.

    :raises InvalidDocument: with the messages per field.
    """
    return loaded(SubstanceSchema(many=True), document, list)
