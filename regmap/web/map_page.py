"""``/``: the map."""

from flask import Blueprint, Response, request

from regmap.http.context import services, today
from regmap.web.credits import imported_credits
from regmap.web.embed_page import SNIPPET
from regmap.web.map_config import map_config, map_values, site_addresses
from regmap.web.page import page
from regmap.web.shapes import shape_urls


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/")
    def map_() -> Response:
        """The map.

        Its script reads the address and tells in words what it cannot make sense of; so nothing in
        it is refused here, and the page is the same for all states of the map.
        """
        asked = services()
        snapshot = asked.snapshot
        first = next(iter(snapshot.substances))
        wanted = request.args.get("substance", first)
        addresses = site_addresses(shape_urls())
        config = map_config(snapshot.substances.values(), snapshot.tree, today(), addresses)
        config["snippet"] = SNIPPET
        return page(
            "map.html",
            **map_values(config),
            substance=wanted if wanted in snapshot.substances else first,
            credits=imported_credits(snapshot.geography),
            data_version=snapshot.data_version,
        )
