"""The pages: the map, one jurisdiction, the API's readable docs, and errors."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import NotFound

from regmap.domain.dates import EARLIEST_YEAR, LATEST_YEAR, InvalidDate, PartialDate, parse_day
from regmap.domain.errors import InvalidValue
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Period
from regmap.domain.vocabulary import RULES, STATUSES, age_applies
from regmap.http import caching
from regmap.http.context import services, today
from regmap.http.problems import detail_of, errors_of, failed, status_of
from regmap.services.browse import Standing
from regmap.services.bundle import Services
from regmap.web.folium_map import map_parts

_MONTHS = (
    "January February March April May June July August September October November December"
).split()


def join_pages(app: Flask, cache_dir: Path | None) -> None:
    """Register every page."""
    parts = map_parts(cache_dir)
    templates = app.jinja_env
    templates.filters["date"] = shown_date
    templates.globals.update(
        STATUSES=STATUSES,
        RULES=RULES,
        age_applies=age_applies,
        FIRST_DAY=f"{EARLIEST_YEAR}-01-01",
        LAST_DAY=f"{LATEST_YEAR}-12-31",
    )

    @app.get("/")
    def map_page() -> Response:
        """The map."""
        asked = services()
        day, substance = _asked_day(), request.args.get("substance", "")
        if substance and substance not in asked.snapshot.substances:
            raise InvalidValue({"substance": ["There is no such substance."]})
        return _page(
            "map.html",
            parts=parts,
            substances=asked.snapshot.substances.values(),
            substance=substance,
            day=day,
            today=today(),
            data_version=asked.snapshot.data_version,
        )

    @app.get("/assets/<name>")
    def asset(name: str) -> Response:
        """The script that folium made."""
        if name != parts.script_name:
            raise NotFound
        return caching.answer(parts.script.encode(), "text/javascript", caching.FOREVER)

    @app.get("/jurisdictions/<jurisdiction_id>")
    def jurisdiction_page(jurisdiction_id: str) -> Response:
        """Everything known of one jurisdiction."""
        return _jurisdiction_page(jurisdiction_id)

    @app.get("/docs")
    def docs_page() -> Response:
        """The API, readable."""
        return _page("docs.html")


def error_page(error: Exception) -> Response:
    """What people see when something went wrong."""
    status = status_of(error)
    body = render_template(
        "error.html", status=status, detail=detail_of(error), errors=errors_of(error)
    )
    return failed(error, Response(body, mimetype="text/html"))


def shown_date(value: PartialDate | date | None) -> str:
    """A date as people write it, as precise as it is known."""
    if value is None:
        return "date not known"
    day = value.first_day if isinstance(value, PartialDate) else value
    precision = value.precision if isinstance(value, PartialDate) else "day"
    if precision == "year":
        return str(day.year)
    month = f"{_MONTHS[day.month - 1]} {day.year}"
    return month if precision == "month" else f"{day.day} {month}"


def _page(template: str, **values: Any) -> Response:
    return caching.answer(render_template(template, **values).encode(), "text/html")


def _jurisdiction_page(jurisdiction_id: str) -> Response:
    asked = services()
    found = asked.snapshot.tree.get(jurisdiction_id)
    day = _asked_day()
    standings = [
        one
        for one in asked.browse.standings(found.id, day)
        if one.record is not None or one.substance.falls_back_to is None
    ]
    return _page(
        "jurisdiction.html",
        jurisdiction=found,
        above=asked.snapshot.tree.chain(found.id)[:-1],
        day=day,
        is_today=day == today(),
        standings=standings,
        local=list(_local(asked, found, standings, day)),
        boundary=asked.browse.boundary(found.id),
        data_version=asked.snapshot.data_version,
    )


def _asked_day() -> date:
    text = request.args.get("on", "")
    try:
        return parse_day(text) if text else today()
    except InvalidDate as error:
        raise InvalidValue({"on": [f"{error}."]}) from None


def _local(
    asked: Services, found: Jurisdiction, standings: list[Standing], day: date
) -> Iterator[tuple[Standing, list[tuple[Jurisdiction, Period]]]]:
    for one in standings:
        below = asked.browse.with_own_rule(found.id, one.substance.code, day)
        if below:
            yield one, below
