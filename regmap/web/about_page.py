"""``/about``."""

from flask import Blueprint, Response

from regmap.http.context import services
from regmap.web.page import page


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/about")
    def about() -> Response:
        """The page."""
        return page("about.html", data_version=services().snapshot.data_version)
