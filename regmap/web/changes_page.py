"""``/changes``."""

from flask import Blueprint, Response

from regmap.http.context import services
from regmap.web.page import page


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/changes")
    def changes() -> Response:
        """The page."""
        return page("changes.html", data_version=services().snapshot.data_version)
