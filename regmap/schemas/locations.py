"""How a location is named in a question: a point, a ZIP code, a jurisdiction, or a place's name.

The same four stand in a query string and, but for the name, in the items of a batch.
"""

from collections.abc import Collection, Mapping
from typing import Any

from marshmallow import ValidationError, fields, pre_load, validates_schema

from regmap.domain.errors import InvalidValue
from regmap.domain.locations import Location, Point, Within, Zip, parse_zip
from regmap.domain.wording import said
from regmap.schemas.documents import understood
from regmap.schemas.fields import StrictNumber
from regmap.schemas.strict import Query

MAX_ITEM_ID = 200  # characters
# Beyond this JSON numbers are not whole ones everywhere (RFC 8259, section 6).
MAX_WHOLE_ID = 2**53 - 1


class ZipField(fields.Field[str]):
    """A US ZIP code; of ZIP+4 the first five digits are taken."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            metadata={
                "description": "a US ZIP code; of ZIP+4 the first five digits count",
                "pattern": "^[0-9]{5}(-[0-9]{4})?$",
            },
            **kwargs,
        )

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("Not a ZIP code in quotes: its leading zeros would be lost.")
        try:
            return parse_zip(value)
        except InvalidValue as error:
            raise ValidationError(error.errors["zip"]) from None


def check_coordinates(lat: float, lon: float) -> None:
    """Refuse coordinates that are not on the Earth.

    :raises ValidationError: naming ``lat`` or ``lon``, with a hint where they look swapped.
    """
    errors: dict[str, list[str]] = {}
    if not -90 <= lat <= 90:
        looks_swapped = -90 <= lon <= 90 and abs(lat) <= 180
        errors["lat"] = [
            said("Must be from -90 to 90 degrees. Are lat and lon swapped?")
            if looks_swapped
            else said("Must be from -90 to 90 degrees.")
        ]
    if not -180 <= lon <= 180:
        errors["lon"] = [said("Must be from -180 to 180 degrees.")]
    if errors:
        raise ValidationError(errors)


class OneLocation(Query):
    """Takes exactly one way of naming a location; ``KINDS`` are the fields that each stands in."""

    KINDS: tuple[frozenset[str], ...]

    @pre_load
    def take_lng(self, data: Any, **_: Any) -> Any:
        """Take ``lng`` for ``lon``, as half the world writes it."""
        if not isinstance(data, Mapping) or "lng" not in data:
            return data
        values = dict(data)
        if "lon" in values:
            raise ValidationError("Stands beside lon; give one of them.", "lng")
        values["lon"] = values.pop("lng")
        return values

    @validates_schema
    def one_location(self, data: dict[str, Any], **_: Any) -> None:
        """Ask for exactly one location, with coordinates that exist."""
        named = frozenset().union(*self.KINDS)
        given = named & data.keys()
        if given not in self.KINDS:
            raise ValidationError(self._missing(given))
        if "lat" in given:
            check_coordinates(data["lat"], data["lon"])

    def _missing(self, given: Collection[str]) -> dict[str, list[str]]:
        choice = ", or ".join(" and ".join(sorted(kind)) for kind in self.KINDS)
        if not given:
            return {name: [f"Give {choice}."] for kind in self.KINDS for name in sorted(kind)}
        if given == {"lat"}:
            return {"lon": ["Is missing: lat needs it."]}
        if given == {"lon"}:
            return {"lat": ["Is missing: lon needs it."]}
        last = [kind for kind in self.KINDS if kind & set(given)][-1]
        return {name: [f"Give {choice}: one of them."] for name in sorted(last & set(given))}


class ItemId(fields.Field[str | int]):
    """The caller's own name for an item: a text or a whole number, given back as it came."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str | int:
        if type(value) is int and abs(value) <= MAX_WHOLE_ID:
            return value
        if type(value) is not str or len(value) > MAX_ITEM_ID:
            raise ValidationError(
                f"Not a whole number and not a text of at most {MAX_ITEM_ID} characters."
            )
        return value


class LocationSchema(OneLocation):
    """One location in a list: a point, a ZIP code, or a jurisdiction."""

    KINDS = (frozenset({"lat", "lon"}), frozenset({"zip"}), frozenset({"jurisdiction"}))

    id = ItemId(
        metadata={"description": "the caller's own name for it", "type": ["string", "integer"]}
    )
    lat = StrictNumber(metadata={"description": "latitude in degrees, WGS 84"})
    lon = StrictNumber(metadata={"description": "longitude in degrees, WGS 84; also as lng"})
    zip = ZipField()
    jurisdiction = fields.String()


_item = LocationSchema()


def read_location(item: Any) -> Location:
    """The location that an item of a list names; its ``id`` is the caller's business.

    :raises InvalidValue: naming each field that is wrong.
    """
    if type(item) is dict:  # the common case by hand: a schema takes as long as the answer
        lat, lon = item.get("lat"), item.get("lon")
        if type(lat) is float and type(lon) is float and -90 <= lat <= 90 and -180 <= lon <= 180:
            plain = len(item) == 2 or (len(item) == 3 and _has_plain_id(item))
            if plain:
                return Point(lat, lon)
    return location_of(understood(_item, item))


def _has_plain_id(item: Mapping[str, Any]) -> bool:
    id = item.get("id")
    if type(id) is int:
        return abs(id) <= MAX_WHOLE_ID
    return type(id) is str and len(id) <= MAX_ITEM_ID


def location_of(given: Mapping[str, Any]) -> Location:
    """The location that loaded values name."""
    if "lat" in given:
        return Point(given["lat"], given["lon"])
    if "zip" in given:
        return Zip(given["zip"])
    return Within(given["jurisdiction"])
