"""Opening the data set for a job: here, or in a worker of a cluster."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from regmap.domain.dates import InvalidDate, parse_day
from regmap.domain.errors import InvalidValue
from regmap.services.annotate.columns import Chosen
from regmap.services.annotate.marking import Marker
from regmap.services.bundle import Services, open_services
from regmap.settings import Settings
from regmap.store.database import Database

_KEPT = 2


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every row.

    ``substance``: a code; None for the first of the codebook. ``day``: on which the law is asked
    for; ``today``: by which evidence is aged, the same for all rows however long a run takes.
    """

    chosen: Chosen
    substance: str | None
    day: date
    today: date

    def as_document(self) -> Mapping[str, Any]:
        """The question as plain values, to compare it with another."""
        return {
            "columns": self.chosen.named(),
            "substance": self.substance,
            "day": self.day.isoformat(),
        }


def today() -> date:
    """The present day in UTC."""
    return datetime.now(UTC).date()


def read_day(text: str, field: str) -> date:
    """A day, ``YYYY-MM-DD``.

    :raises InvalidValue: naming ``field``.
    """
    try:
        return parse_day(text)
    except InvalidDate as error:
        raise InvalidValue({field: [f"{error}."]}) from None


def open_marker(settings: Settings, question: Question) -> Marker:
    """A marker for a question, over the newest version of the data set.

    :raises InvalidValue: if there is no such substance.
    :raises DataProblem: if the data set cannot be opened.
    """
    services = _services(settings, question.today)
    snapshot = services.snapshot
    code = question.substance or next(iter(snapshot.substances))
    if code not in snapshot.substances:
        listed = ", ".join(snapshot.substances)
        raise InvalidValue({"substance": [f"{code!r} is none of {listed}."]})
    return Marker(
        services, snapshot.substances[code], question.day, question.today, question.chosen
    )


@lru_cache(_KEPT)
def _source(settings: Settings, day: date) -> Any:
    database = Database(settings.database_url)
    return open_services(
        database, settings.data_dir, settings.cache_dir, lambda: day, settings.boundaries_dir
    )


def _services(settings: Settings, day: date) -> Services:
    services: Services = _source(settings, day).current()
    return services
