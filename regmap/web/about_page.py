"""``/about``: what kratom is, how the data is made, and how to use it."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from regmap.domain.jurisdictions import Jurisdiction
from regmap.http.context import services, today
from regmap.http.host import site
from regmap.release.files import record_path
from regmap.services.bundle import Services
from regmap.services.soundness import soundness
from regmap.web.credits import imported_credits
from regmap.web.embed_page import embed_snippet
from regmap.web.health_sources import AGENCY_PAGES
from regmap.web.page import asked_substance, link, page


@dataclass(frozen=True, slots=True)
class Snippets:
    """Addresses, with host, of what other sites may show."""

    map: str
    embed: str
    badge: str
    picture: str
    page: str


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/about")
    def about() -> Response:
        """The page."""
        asked = services()
        id = request.args.get("jurisdiction")
        found = asked.snapshot.tree.get(id) if id else None
        return page(
            "about.html",
            data_version=asked.snapshot.data_version,
            today=today(),
            sound=soundness(asked.snapshot, today()),
            agency=AGENCY_PAGES,
            imported=imported_credits(asked.snapshot.geography),
            jurisdiction=found,
            record_file=record_file(asked, found),
            snippets=snippets(found),
            embed_snippet=embed_snippet,
            **_of_substance(asked),
        )


def record_file(asked: Services, jurisdiction: Jurisdiction | None) -> str | None:
    """The file to change for a jurisdiction, or None where it has no record yet."""
    if jurisdiction is None or jurisdiction.id not in asked.snapshot.own:
        return None
    return f"data/records/{record_path(jurisdiction.id).as_posix()}"


def snippets(jurisdiction: Jurisdiction | None) -> Snippets:
    """What to copy into another page: of a jurisdiction, or of the United States.

    :raises BadRequest: if the request names no host.
    """
    focus = jurisdiction.id if jurisdiction else "US"
    code = asked_substance().code
    host = site()
    return Snippets(
        map=host + link("/", substance=code, focus=focus),
        embed=host + link("/embed", substance=code, focus=focus),
        badge=host + link(f"/jurisdictions/{focus}/badge.svg", substance=code),
        picture=host + link("/map.svg", substance=code, focus=focus, width=800),
        page=host + link(f"/jurisdictions/{focus}"),
    )


def _of_substance(asked: Services) -> dict[str, Any]:
    substance = asked_substance()
    return {"substance": substance, "substances": list(asked.snapshot.substances.values())}
