"""The shape of the question for a file."""

from marshmallow import fields, validate

from regmap.schemas.fields import Day
from regmap.schemas.queries import Moment
from regmap.schemas.strict import Query

TABLES = ("statuses", "periods", "records", "changes")


class ExportQuery(Query):
    """Which table, of which day and substance, as known when."""

    table = fields.String(
        validate=validate.OneOf(TABLES),
        load_default="statuses",
        metadata={"description": "what the rows are; `statuses` if left out"},
    )
    on = Day(
        metadata={
            "description": "statuses: the day they are of, today (UTC) if left out; periods: those"
            " in force that day; changes: those of that day and before; not for records"
        }
    )
    known_at = Moment()
    substance = fields.String(metadata={"description": "only this one; all if left out"})
    geometry = fields.String(
        validate=validate.OneOf(["simple", "full"]),
        metadata={
            "description": "how fine the shapes are: `simple` (if left out) or `full`;"
            " not for csv and jsonl, which have none"
        },
    )
