"""``/jurisdictions/{id}``: everything known of one jurisdiction."""

from collections.abc import Iterator
from datetime import date

from flask import Blueprint, Response

from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Period
from regmap.http.context import services, today
from regmap.services.browse import Standing
from regmap.services.bundle import Services
from regmap.web.page import asked_day, page


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/jurisdictions/<jurisdiction_id>")
    def jurisdiction(jurisdiction_id: str) -> Response:
        """Everything known of one jurisdiction."""
        asked = services()
        found = asked.snapshot.tree.get(jurisdiction_id)
        day = asked_day()
        standings = [
            one
            for one in asked.browse.standings(found.id, day)
            if one.record is not None or one.substance.falls_back_to is None
        ]
        return page(
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


def _local(
    asked: Services, found: Jurisdiction, standings: list[Standing], day: date
) -> Iterator[tuple[Standing, list[tuple[Jurisdiction, Period]]]]:
    for one in standings:
        below = asked.browse.with_own_rule(found.id, one.substance.code, day)
        if below:
            yield one, below
