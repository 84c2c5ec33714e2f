"""The shapes of batch questions: many locations in one request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from regmap.domain.errors import InvalidValue
from regmap.domain.locations import Location
from regmap.schemas.fields import Day
from regmap.schemas.locations import read_location
from regmap.schemas.queries import Moment
from regmap.schemas.strict import Query

MAX_ITEMS = 10_000
MAX_FULL_ITEMS = 500


class Items(fields.Field[list[Any]]):
    """A list of locations. Each is read by itself, so that a bad one spoils no other."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=True, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValidationError("Not a list.")
        if not value:
            raise ValidationError("Has no items.")
        if len(value) > MAX_ITEMS:
            raise ValidationError(f"Has {len(value):,} items; the most is {MAX_ITEMS:,}.")
        return value


class Locations(Query):
    """Locations, and the day they are asked for."""

    items = Items()
    on = Day(metadata={"description": "the day that is asked about; today (UTC) if left out"})
    known_at = Moment()


class BatchQuery(Locations):
    """Which status holds at each of many locations."""

    substance = fields.String()
    detail = fields.String(
        validate=validate.OneOf(["compact", "full"]),
        load_default="compact",
        metadata={"description": f"`full`: answers as of /status, for up to {MAX_FULL_ITEMS}"},
    )

    @validates_schema
    def not_too_many_in_full(self, data: dict[str, Any], **_: Any) -> None:
        """Keep full answers to a size that can be read."""
        if data["detail"] == "full" and len(data["items"]) > MAX_FULL_ITEMS:
            raise ValidationError(f"At most {MAX_FULL_ITEMS} items are answered in full.", "items")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list: the caller's id for it, and its location or what is wrong with it."""

    id: str | int | None
    target: Location | InvalidValue


def read_items(items: Sequence[Any]) -> list[Item]:
    """Every item by itself. An id that stood before is an error: its answers could be mixed up."""
    read: list[Item] = []
    first_with: dict[tuple[type, Any], int] = {}
    for place, item in enumerate(items):
        id = _id_of(item)
        before = place if id is None else first_with.setdefault((type(id), id), place)
        try:
            if before != place:
                raise InvalidValue({"id": [f"Is that of item {before} already (counted from 0)."]})
            read.append(Item(id, read_location(item)))
        except InvalidValue as error:
            read.append(Item(id, error))
    return read


def _id_of(item: Any) -> str | int | None:
    id = item.get("id") if isinstance(item, dict) else None
    return id if type(id) in (str, int) else None
