"""``/docs``: the API, readable."""

from flask import Blueprint, Response

from regmap.web.page import page


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/docs")
    def docs() -> Response:
        """The API, readable."""
        return page("docs.html")
