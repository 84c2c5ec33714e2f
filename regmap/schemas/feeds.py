"""What the addresses of feeds may ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from regmap.domain.errors import InvalidValue
from regmap.domain.wording import said
from regmap.schemas.fields import QueryInteger
from regmap.schemas.queries import MAX_PAGE, Moment
from regmap.schemas.strict import Query


class FeedQuery(Query):
    """What a feed is narrowed by."""

    jurisdiction = fields.String()
    substance = fields.String()
    known_at = Moment()


class PagedFeedQuery(FeedQuery):
    """The same, in pages."""

    page = QueryInteger(load_default=1, validate=validate.Range(min=1, max=MAX_PAGE))


_SCHEMAS: Mapping[type[FeedQuery], FeedQuery] = {
    schema: schema() for schema in (FeedQuery, PagedFeedQuery)
}


@dataclass(frozen=True, slots=True)
class FeedQuestion:
    """What was asked of a feed; None: not narrowed."""

    jurisdiction: str | None = None
    substance: str | None = None
    known_at: datetime | None = None
    page: int = 1


def read_feed_question(given: Mapping[str, list[str]], schema: type[FeedQuery]) -> FeedQuestion:
    """Read what stands in an address.

    :param given: the values of each parameter.
    :raises InvalidValue: if one is not known, given twice, or cannot be used.
    """
    twice = [name for name, values in given.items() if len(values) > 1]
    if twice:
        raise InvalidValue({name: [said("Given more than once.")] for name in twice})
    try:
        read: dict[str, Any] = _SCHEMAS[schema].load(
            {name: values[0] for name, values in given.items()}
        )
    except ValidationError as error:
        # queries are flat: each field has a list of messages
        raise InvalidValue(dict(error.messages_dict)) from None
    return FeedQuestion(**read)
