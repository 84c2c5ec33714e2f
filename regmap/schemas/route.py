"""The shape of a question about a route: a GeoJSON line, or stops."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from regmap.schemas.batch import Item, read_items
from regmap.schemas.fields import LATITUDE, LONGITUDE
from regmap.schemas.queries import SubstanceOnDay

MAX_VERTICES = 10_000

Position = tuple[float, float]


class RouteQuery(SubstanceOnDay):
    """A LineString (RFC 7946), a Feature of one, or stops; loaded as ``line`` or ``stops``.

    ``line`` is a list of (longitude, latitude) in degrees, ``stops`` a list of ``Item``. ``field``
    names what either was read from.
    """

    type = fields.String(metadata={"enum": ["LineString", "Feature"]})
    coordinates = fields.Raw(
        metadata={
            "type": "array",
            "items": {"type": "array", "items": {"type": "number"}},
            "description": "positions: [longitude, latitude] in degrees",
        }
    )
    geometry = fields.Raw(metadata={"type": "object", "description": "of a Feature: a LineString"})
    properties = fields.Raw(allow_none=True, metadata={"description": "of a Feature; not read"})
    id = fields.Raw(allow_none=True, metadata={"description": "of a Feature; not read"})
    bbox = fields.Raw(
        allow_none=True, metadata={"description": "of a LineString or Feature; not read"}
    )
    stops = fields.Raw(
        metadata={
            "type": "array",
            "items": {"$ref": "#/components/schemas/Location"},
            "description": "locations as in /status/batch, in order",
        }
    )

    @validates_schema
    def one_kind(self, data: dict[str, Any], **_: Any) -> None:
        """Ask for a line or for stops."""
        if ("stops" in data) == ("type" in data):
            message = "Give a GeoJSON LineString, or stops: one of them."
            raise ValidationError({"type": [message], "stops": [message]})
        kind = data.get("type")
        if kind is not None and kind not in _MEMBERS:
            raise ValidationError("Must be LineString, or Feature of a LineString.", "type")
        stray = (_GEOJSON - _MEMBERS.get(kind, frozenset())) & data.keys()
        if stray:
            raise ValidationError({name: ["Does not belong here."] for name in stray})

    @post_load
    def read(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Read the positions or the stops themselves."""
        values: dict[str, Any] = {
            name: data[name] for name in ("substance", "on", "known_at") if name in data
        }
        if "stops" in data:
            return {**values, "field": "stops", "stops": _stops(data["stops"])}
        line, field = _line(data)
        return {**values, "field": field, "line": line}


_MEMBERS: Mapping[str | None, frozenset[str]] = {
    "LineString": frozenset({"type", "coordinates", "bbox"}),
    "Feature": frozenset({"type", "geometry", "properties", "id", "bbox"}),
}
_GEOJSON = frozenset().union(*_MEMBERS.values())


def _line(data: dict[str, Any]) -> tuple[list[Position], str]:
    """The positions, and the name of the field they stand in."""
    if data["type"] == "LineString":
        return _positions(data.get("coordinates"), "coordinates"), "coordinates"
    geometry = data.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") != "LineString":
        raise ValidationError("Not a LineString.", "geometry")
    stray = geometry.keys() - _MEMBERS["LineString"]  # a `crs` would change what is meant
    if stray:
        raise ValidationError({f"geometry.{name}": ["Unknown field."] for name in stray})
    field = "geometry.coordinates"
    return _positions(geometry.get("coordinates"), field), field


def _positions(given: Any, name: str) -> list[Position]:
    _check_count(given, name, "positions")
    return [_position(one, f"{name}.{number}") for number, one in enumerate(given)]


def _position(given: Any, name: str) -> Position:
    # A third number is the height (RFC 7946).
    if not isinstance(given, list) or len(given) not in (2, 3):
        raise ValidationError("Not a position: [longitude, latitude].", name)
    if any(type(number) not in (int, float) for number in given):
        raise ValidationError("Not a position of numbers: [longitude, latitude].", name)
    lon, lat = given[:2]
    try:
        LONGITUDE(lon)
        LATITUDE(lat)
    except ValidationError as error:
        hint = " Longitude comes first." if abs(lat) > 90 >= abs(lon) else ""
        raise ValidationError(f"{error.messages[0]}{hint}", name) from None
    return float(lon), float(lat)


def _stops(given: Any) -> list[Item]:
    _check_count(given, "stops", "stops")
    return read_items(given)


def _check_count(given: Any, name: str, what: str) -> None:
    if not isinstance(given, list):
        raise ValidationError(f"Not a list of {what}.", name)
    if len(given) < 2:
        raise ValidationError(f"A route needs two {what} at least.", name)
    if len(given) > MAX_VERTICES:
        raise ValidationError(f"Has {len(given):,} {what}; the most is {MAX_VERTICES:,}.", name)
