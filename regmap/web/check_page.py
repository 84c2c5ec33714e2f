"""``/check``."""

from flask import Blueprint, Response

from regmap.http.context import services
from regmap.web.page import page


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/check")
    def check() -> Response:
        """The page."""
        return page("check.html", data_version=services().snapshot.data_version)
