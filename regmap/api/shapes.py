"""What fields take, in terms of JSON Schema: what their classes check and apispec cannot see."""

from typing import Any

from regmap.domain.corrections import State
from regmap.domain.vocabulary import ChangeType, Level
from regmap.schemas.batch import MAX_ITEMS, Items
from regmap.schemas.batch_answers import AnyOf
from regmap.schemas.fields import MAX_URL, Day, HttpUrl, QueryNumber, StrictNumber
from regmap.schemas.locations import MAX_ITEM_ID, ItemId, LocationSchema
from regmap.schemas.queries import BBoxField, ChangeTypes, Levels, Moment, Since, States

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[ +-][0-9]{2}:[0-9]{2})"
_MOMENT = f"{_DAY}({_TIME})?"
_YEAR = "(1[89][0-9]{2}|2[01][0-9]{2}|2200)"
_NUMBER = r"[+-]?[0-9]{1,9}(\.[0-9]{1,30})?"
_DEGREES = {"lat": 90, "lon": 180}


def _several(codes: Any) -> str:
    one = f"({'|'.join(codes)})"
    return f"^{one}(,{one})*$"


_PATTERNS: dict[type[Any], str] = {
    Day: f"^{_YEAR}-[0-9]{{2}}-[0-9]{{2}}$",
    Moment: f"^{_MOMENT}$",
    Since: f"^([0-9]{{1,12}}|{_MOMENT})$",
    BBoxField: f"^{_NUMBER}(,{_NUMBER}){{3}}$",
    ChangeTypes: _several(ChangeType),
    Levels: _several(Level),
    States: _several(State),
}


def add_shapes(converter: Any) -> None:
    """Have apispec ask here what each field takes."""
    for function in (_any_of, _locations, _pattern, _limits):
        converter.add_attribute_function(function)


def _any_of(converter: Any, field: Any, ret: Any) -> dict[str, Any]:
    """The shapes of a value that has one of several; apispec asks this of every field."""
    if not isinstance(field, AnyOf):
        return {}
    nothing = [{"type": "null"}] if field.allow_none else []
    shapes = [converter.resolve_nested_schema(schema) for schema in field.schemas]
    return {"anyOf": shapes + nothing}


def _locations(converter: Any, field: Any, ret: Any) -> dict[str, Any]:
    """What stands in a list of locations: each is read by itself, so its field does not say."""
    if not isinstance(field, Items):
        return {}
    shape = converter.resolve_nested_schema(LocationSchema)
    return {"items": shape, "minItems": 1, "maxItems": MAX_ITEMS}


def _pattern(converter: Any, field: Any, ret: Any) -> dict[str, Any]:
    """How a text is written that is read as something else."""
    pattern = _PATTERNS.get(type(field))
    return {"pattern": pattern} if pattern else {}


def _limits(converter: Any, field: Any, ret: Any) -> dict[str, Any]:
    """How far a value may go."""
    if isinstance(field, QueryNumber | StrictNumber) and field.name in _DEGREES:
        most = _DEGREES[field.name]
        return {"minimum": -most, "maximum": most}
    if isinstance(field, HttpUrl):
        return {"maxLength": MAX_URL}
    if isinstance(field, ItemId):
        return {"maxLength": MAX_ITEM_ID}
    return {}
