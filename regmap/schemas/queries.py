"""The shapes of questions: query parameters, strict and named."""

import re
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from regmap.domain.corrections import State
from regmap.domain.dates import InvalidDate, parse_day
from regmap.domain.errors import InvalidValue
from regmap.domain.vocabulary import ChangeType, Level, Status
from regmap.domain.wording import said, sentence
from regmap.schemas.fields import LATITUDE, LONGITUDE, Code, Day, QueryInteger, QueryNumber
from regmap.schemas.locations import LocationSchema, OneLocation, ZipField
from regmap.schemas.strict import Query

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
MAX_PAGE = 1_000_000
MAX_PLACE_NAME = 200

_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:[Zz]|[ +-][0-9]{2}:[0-9]{2})"
)
_LIKE_A_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_MOMENT = said("Not a moment (RFC 3339) and not a day (YYYY-MM-DD).")


def read_moment(text: str) -> datetime:
    """A moment (UTC) of RFC 3339, or of a day: its last one, or now where the day is today.

    What was known on a day is what was known by its end. A space before the distance from UTC is
    a plus that stood in an address as it is (``…T13:57:12+00:00``).

    :raises InvalidDate: for any other text.
    """
    try:
        if _MOMENT.fullmatch(text):
            plain = text.upper().replace("Z", "+00:00").replace(" ", "+")
            return datetime.fromisoformat(plain).astimezone(UTC)
        day = parse_day(text)
    except (ValueError, OverflowError) as error:  # an InvalidDate is a ValueError
        if _LIKE_A_DAY.fullmatch(text):
            raise InvalidDate(sentence(error.args[0])) from None
        raise InvalidDate(_NO_MOMENT) from None
    end = datetime(day.year, day.month, day.day, 23, 59, 59, 999_999, tzinfo=UTC)
    now = datetime.now(UTC)
    return now if end.date() == now.date() else end


def moment_given(text: str, field: str = "known_at") -> datetime:
    """The moment of a text that somebody wrote, as :func:`read_moment` has it.

    :raises InvalidValue: naming ``field``, for any other text.
    """
    try:
        return read_moment(text)
    except InvalidDate as error:
        raise InvalidValue({field: [error.args[0]]}) from None


class Moment(fields.Field[datetime]):
    """A moment in RFC 3339, or a day, which stands for its last moment in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            metadata={"description": "a moment (RFC 3339), or a day, meaning its end in UTC"},
            **kwargs,
        )

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str):  # the body of a question may hold anything
            raise ValidationError(_NO_MOMENT)
        try:
            return read_moment(value)
        except InvalidDate as error:
            raise ValidationError(error.args[0]) from None


class ChangeTypes(fields.Field[frozenset[ChangeType]]):
    """One type of change, or several with commas between."""

    def __init__(self, **kwargs: Any) -> None:
        listed = ", ".join(ChangeType)
        super().__init__(
            metadata={"description": f"one or several, with commas between: {listed}"}, **kwargs
        )

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> frozenset[ChangeType]:
        try:
            return frozenset(ChangeType(part) for part in value.split(","))
        except ValueError:
            raise ValidationError(
                said("Must be one of: {codes}.", codes=", ".join(ChangeType))
            ) from None


class Levels(fields.Field[frozenset[Level]]):
    """One level, or several with commas between."""

    def __init__(self, **kwargs: Any) -> None:
        listed = ", ".join(Level)
        super().__init__(
            metadata={"description": f"one or several, with commas between: {listed}"}, **kwargs
        )

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> frozenset[Level]:
        try:
            return frozenset(Level(part) for part in value.split(","))
        except ValueError:
            raise ValidationError(
                said("Must be one of: {codes}.", codes=", ".join(Level))
            ) from None


class BBoxField(fields.Field[tuple[float, float, float, float]]):
    """``west,south,east,north`` in degrees; west may be greater than east, across ±180°."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"description": "west,south,east,north in degrees"}, **kwargs)

    def _deserialize(
        self, value: Any, *args: Any, **kwargs: Any
    ) -> tuple[float, float, float, float]:
        parts = value.split(",")
        if len(parts) != 4:
            raise ValidationError("Not four numbers: west,south,east,north.")
        number = QueryNumber()
        west, south, east, north = (number.deserialize(part) for part in parts)
        for lon in (west, east):
            LONGITUDE(lon)
        for lat in (south, north):
            LATITUDE(lat)
        if south > north:
            raise ValidationError("South lies above north.")
        return west, south, east, north


class OnDay(Query):
    """The day and the state of knowledge that a question is about."""

    on = Day(metadata={"description": "the day that is asked about; today (UTC) if left out"})
    known_at = Moment()


class SubstanceOnDay(OnDay):
    """A substance, besides; the first of the codebook if left out."""

    substance = fields.String()


class Paging(Query):
    """Which part of a list."""

    page = QueryInteger(load_default=1, validate=validate.Range(min=1, max=MAX_PAGE))
    page_size = QueryInteger(
        load_default=PAGE_SIZE, validate=validate.Range(min=1, max=MAX_PAGE_SIZE)
    )


class StatusQuery(OneLocation, SubstanceOnDay):
    """Where is asked about: a point, a ZIP code, a place by its name, or a jurisdiction."""

    KINDS = (*LocationSchema.KINDS, frozenset({"place"}))

    lat = QueryNumber(metadata={"description": "latitude in degrees, WGS 84"})
    lon = QueryNumber(metadata={"description": "longitude in degrees, WGS 84; also as lng"})
    zip = ZipField()
    place = fields.String(
        validate=validate.Length(min=1, max=MAX_PLACE_NAME),
        metadata={"description": "a name, with its state or country: `Columbus, MS`"},
    )
    jurisdiction = fields.String()


class JurisdictionsQuery(SubstanceOnDay, Paging):
    """What a list of jurisdictions is narrowed by."""

    level = Levels()
    parent = fields.String()
    status = Code(Status)
    q = fields.String(validate=validate.Length(min=1, max=100))
    bbox = BBoxField()
    scope = fields.String(
        validate=validate.OneOf(["listed", "all"]),
        load_default="listed",
        metadata={"description": "`all` adds the counties without a record"},
    )


class JurisdictionQuery(OnDay):
    """On which day a jurisdiction is described."""


class KnownAt(Query):
    """The state of knowledge that a question is about, where no day of the law is asked for."""

    known_at = Moment()


class HistoryQuery(KnownAt):
    """Which record's history: all of its time, so there is no ``on``."""

    substance = fields.String()


class BoundaryQuery(KnownAt):
    """How fine a boundary is wanted."""

    detail = fields.String(validate=validate.OneOf(["low", "high"]), load_default="low")


class ChangesQuery(Paging, KnownAt):
    """Which changes: ``from`` is in, ``to`` is out."""

    type = ChangeTypes()

    start = Day(data_key="from")
    end = Day(data_key="to")
    jurisdiction = fields.String()
    substance = fields.String()
    level = Levels()

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a stretch of time that ends before it begins."""
        if "start" in data and "end" in data and data["end"] < data["start"]:
            raise ValidationError("Lies before `from`.", "to")


class MapQuery(SubstanceOnDay):
    """What the map shows, and in which format."""

    level = Levels()
    format = fields.String(validate=validate.OneOf(["geojson", "topojson"]), load_default="geojson")
    compare = Day(metadata={"description": "a second day: adds `before` and `direction`"})
    scope = fields.String(
        validate=validate.OneOf(["listed", "all"]),
        load_default="listed",
        metadata={"description": "`all` adds the counties without a rule of their own"},
    )
    disputed = fields.String(
        validate=validate.OneOf(["hide", "show"]),
        load_default="hide",
        metadata={"description": "`show` adds disputed land: status unknown, no id"},
    )


class TimelineQuery(KnownAt):
    """Which substance's timeline: all of its time, so there is no ``on``."""

    substance = fields.String()


class Since(fields.Field[int | datetime]):
    """A revision number, or a moment."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            metadata={"description": "a revision number (it is out), or a moment or day (in)"},
            **kwargs,
        )

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int | datetime:
        if re.fullmatch(r"[0-9]{1,12}", value):
            return int(value)
        try:
            day = parse_day(value)
        except InvalidDate:
            moment: datetime = Moment().deserialize(value)
            return moment
        return datetime(day.year, day.month, day.day, tzinfo=UTC)


class RevisionsQuery(Paging, KnownAt):
    """Which part of the edit log is wanted."""

    since = Since()
    type = ChangeTypes()
    jurisdiction = fields.String()
    substance = fields.String(
        metadata={"description": "edits of jurisdictions themselves have none"}
    )


class VersionsQuery(Paging):
    """Which part of the list of data versions."""


class VersionsBetweenQuery(Paging):
    """Which two versions are compared, by their names."""

    older = fields.String(data_key="from", required=True, validate=validate.Length(max=200))
    newer = fields.String(
        data_key="to",
        validate=validate.Length(max=200),
        metadata={"description": "the newest if left out"},
    )


class States(fields.Field[frozenset[State]]):
    """One state of corrections, or several with commas between."""

    def __init__(self, **kwargs: Any) -> None:
        listed = ", ".join(State)
        super().__init__(
            metadata={"description": f"one or several, with commas between: {listed}"}, **kwargs
        )

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> frozenset[State]:
        try:
            return frozenset(State(part) for part in value.split(","))
        except ValueError:
            raise ValidationError(
                said("Must be one of: {codes}.", codes=", ".join(State))
            ) from None


class CorrectionsQuery(Paging):
    """Which corrections."""

    state = States()
    jurisdiction = fields.String()
    substance = fields.String()


class NoQuery(Query):
    """No parameters at all."""
