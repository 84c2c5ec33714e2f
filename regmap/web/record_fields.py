"""The fields of a whole record as the curators' form has them.

Those of a period are shared with the visitors' form.
"""

from regmap.domain.vocabulary import Confidence, SourceKind
from regmap.domain.wording import said
from regmap.web.correction_form import FIELDS, Kind, PeriodField
from regmap.web.revisions import BILL_FIELDS, PERIOD_FIELDS

Fields = tuple[PeriodField, ...]

_BY_PATH = {one.path: one for one in FIELDS}
_DATES, _LONG = ("as_of", "published", "evidence_as_of"), ("summary", "note")


def _field(path: str, label: str) -> PeriodField:
    kind = Kind.DATE if path in _DATES else Kind.TEXT if path in _LONG else Kind.LINE
    return PeriodField(path, kind, label)


def _shared(*paths: str) -> Fields:
    return tuple(_BY_PATH[path] for path in paths)


FACTS: Fields = (
    *_shared("from", "to", "status", "min_age", "possession", "sale"),
    PeriodField("confidence", Kind.CHOICE, PERIOD_FIELDS["confidence"], codes=tuple(Confidence)),
    *_shared("extent"),
)
TEXTS: Fields = _shared("summary", "citation", "instrument", "schedule", "penalty")
RULE_FIELDS: Fields = tuple(one for one in FIELDS if one.rule is not None)
ENDING_FIELDS: Fields = _shared("summary", "citation", "instrument")
SOURCE_FIELDS: Fields = (
    _field("title", said("Title")),
    _field("url", said("Address")),
    _field("publisher", said("Publisher")),
    PeriodField("kind", Kind.CHOICE, said("Kind"), codes=tuple(SourceKind)),
    _field("published", said("Date")),
)
BILL: Fields = tuple(_field(path, label) for path, label in BILL_FIELDS.items())
RECORD: Fields = (
    _field("evidence_as_of", said("Date of evidence")),
    _field("note", said("Note on the record")),
)


def key_of(field: PeriodField) -> str:
    """The key of a field in the part of the document that it stands in."""
    return field.rule or field.path
