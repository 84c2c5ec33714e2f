"""``/corrections``: the public ledger of all corrections."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request

from regmap.domain.corrections import Correction, Sight, State, seen_by
from regmap.domain.errors import RegmapError
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.locations import Within
from regmap.domain.vocabulary import Substance
from regmap.domain.wording import said
from regmap.http import caching
from regmap.http.context import desk, services
from regmap.services.bundle import Services
from regmap.services.finder import Named
from regmap.web.correction_words import state_meaning, state_word
from regmap.web.page import in_language, link
from regmap.web.paging import MAX_PAGE, MAX_PAGE_SIZE, Part
from regmap.web.parameters import Parameters, refused_page, tidy_address

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed by."""

    state: State | None
    jurisdiction: Jurisdiction | None
    substance: Substance | None

    def filters(self) -> dict[str, str]:
        """The same as parameters."""
        given = {
            "state": self.state,
            "jurisdiction": self.jurisdiction.id if self.jurisdiction else None,
            "substance": self.substance.code if self.substance else None,
        }
        return {name: str(value) for name, value in given.items() if value}


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/corrections")
    def corrections() -> Response:
        """The ledger, or a part of it."""
        tidy = tidy_address("/corrections")
        if tidy is not None:
            return tidy
        asked = Parameters(request.args)
        wanted = _wanted(asked)
        part = _part(asked, wanted)
        values = _values(asked, wanted, part)
        if asked.errors:
            return refused_page("corrections.html", asked.errors, **values)
        body = render_template("corrections.html", errors={}, **values)
        return in_language(caching.answer(body.encode(), "text/html", caching.REVALIDATED))


def _wanted(asked: Parameters) -> Wanted:
    found = services()
    return Wanted(
        state=asked.code("state", State),
        jurisdiction=_jurisdiction(found, asked),
        substance=asked.substance(found.snapshot.substances),
    )


def _jurisdiction(found: Services, asked: Parameters) -> Jurisdiction | None:
    """The jurisdiction in the address, by its id or its exact name."""
    text, tree = asked.text("jurisdiction"), found.snapshot.tree
    if not text or text in tree:
        return tree.get(text) if text else None
    try:
        named = found.finder.coded(text) or found.finder.exactly(text)
    except RegmapError:
        named = None
    if isinstance(named, Named) and isinstance(named.location, Within):
        return tree.get(named.location.jurisdiction)
    asked.refuse("jurisdiction", said("No jurisdiction has just this name; its id is certain."))
    return None


def _part(asked: Parameters, wanted: Wanted) -> Part[Correction]:
    """The part of the list that is asked for, as everybody may see it; the first if it is wrong."""
    size = asked.number("page_size", PAGE_SIZE, MAX_PAGE_SIZE)
    page = asked.number("page", 1, MAX_PAGE)
    part = _read(wanted, page, size)
    if page <= part.pages:
        return part
    asked.refuse("page", said("The last page is page {count}.", count=part.pages))
    return _read(wanted, 1, size)


def _read(wanted: Wanted, page: int, size: int) -> Part[Correction]:
    found, total = desk().corrections.listed(
        states=[wanted.state] if wanted.state else None,
        jurisdiction=wanted.jurisdiction.id if wanted.jurisdiction else None,
        substance=wanted.substance.code if wanted.substance else None,
        offset=(page - 1) * size,
        limit=size,
    )
    return Part([seen_by(one, Sight.PUBLIC) for one in found], page, size, total)


def _values(asked: Parameters, wanted: Wanted, part: Part[Correction]) -> dict[str, Any]:
    snapshot = services().snapshot
    filters = wanted.filters()
    counts = desk().corrections.counts()
    return {
        "part": part,
        "wanted": wanted,
        "filters": filters,
        "counts": counts,
        "everything": sum(counts.values()),
        "page_size": PAGE_SIZE,
        "MAX_PAGE_SIZE": MAX_PAGE_SIZE,
        "substances": snapshot.substances,
        "tree": snapshot.tree,
        "typed": asked.shown,
        "state_word": state_word,
        "state_meaning": state_meaning,
        "address": lambda **more: link("/corrections", **{**filters, **more}),
        "data_version": snapshot.data_version,
    }
