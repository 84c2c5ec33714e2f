"""The panel for research: the status of every jurisdiction on the first day of every month."""

from collections.abc import Iterator
from datetime import date

from regmap.domain.course import Stretch
from regmap.domain.vocabulary import Level, Status
from regmap.services.browse import Filters
from regmap.services.bundle import Services
from regmap.services.exports.columns import Column, Kind

FILE = "statuses-by-month.csv"
FIRST_MONTH = date(2012, 1, 1)

Row = tuple[str | int | date | None, ...]

COLUMNS = (
    Column("jurisdiction", Kind.TEXT, "id of the jurisdiction", required=True),
    Column("name", Kind.TEXT, "its name", required=True),
    Column("level", Kind.TEXT, "kind of jurisdiction", tuple(Level), required=True),
    Column("substance", Kind.TEXT, "code of the substance", required=True),
    Column("month", Kind.LAW_DATE, "the month", required=True),
    Column("on", Kind.DAY, "its first day, which the row is about", required=True),
    Column(
        "status",
        Kind.TEXT,
        "status in force that day, the layers above included; `unknown` is never to be read as"
        " lawful",
        tuple(Status),
        required=True,
    ),
    Column("min_age", Kind.INTEGER, "minimum age in years"),
    Column("governed_by", Kind.TEXT, "id of the jurisdiction whose law decides"),
    Column("data_version", Kind.TEXT, "version of the data set", required=True),
)
KEY = ("jurisdiction", "substance", "month")


def rows(asked: Services, last: date) -> Iterator[Row]:
    """Every listed jurisdiction, substance and month, in that order.

    :param last: a day of the last month.
    """
    months = tuple(months_to(last))
    first = next(iter(asked.snapshot.substances.values()))
    for jurisdiction in asked.browse.listed(Filters(), first, last):
        for substance in asked.snapshot.substances.values():
            stretches = asked.browse.course(jurisdiction.id, substance)
            for day, held in _by_day(stretches, months):
                resolution = held.resolution
                governing = resolution.governing
                yield (
                    jurisdiction.id,
                    jurisdiction.name,
                    str(jurisdiction.level),
                    substance.code,
                    f"{day:%Y-%m}",
                    day,
                    str(resolution.status),
                    resolution.min_age,
                    governing.jurisdiction.id if governing else None,
                    asked.snapshot.data_version,
                )


def months_to(last: date) -> Iterator[date]:
    """The first days of all months up to that of a day."""
    for month in range(FIRST_MONTH.year * 12, last.year * 12 + last.month):
        yield date(month // 12, month % 12 + 1, 1)


def _by_day(
    stretches: tuple[Stretch, ...], days: tuple[date, ...]
) -> Iterator[tuple[date, Stretch]]:
    """Each of some rising days with the stretch that it lies in."""
    place = 0
    for day in days:
        while (end := stretches[place].end) is not None and end.first_day <= day:
            place += 1
        yield day, stretches[place]
