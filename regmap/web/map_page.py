"""``/``: the map."""

from flask import Blueprint, Response

from regmap.http.context import services, today
from regmap.web.page import asked_day, asked_substance, page


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/")
    def map_() -> Response:
        """The map."""
        asked = services()
        return page(
            "map.html",
            substances=asked.snapshot.substances.values(),
            substance=asked_substance().code,
            day=asked_day(),
            today=today(),
            data_version=asked.snapshot.data_version,
        )
