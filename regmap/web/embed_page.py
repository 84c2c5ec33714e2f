"""``/embed``."""

from flask import Blueprint, Response

from regmap.http.context import services
from regmap.web.page import page


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/embed")
    def embed() -> Response:
        """The page."""
        return page("embed.html", data_version=services().snapshot.data_version)
