"""``/review/recheck``: which records are most worth checking again."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.wording import said
from regmap.http.context import desk, services, today
from regmap.services.bundle import Services
from regmap.services.recheck import Doubtful, Recheck, asks_in
from regmap.web.page import link, page
from regmap.web.paging import MAX_PAGE_SIZE, part_of
from regmap.web.parameters import Parameters, refused_page, tidy_address

PAGE_SIZE = 50


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/review/recheck")
    def recheck() -> Response:
        """The records by how much it is worth checking them again."""
        tidied = tidy_address("/review/recheck")
        if tidied is not None:
            return tidied
        asked, given = services(), Parameters(request.args)
        substance = given.substance(asked.snapshot.substances)
        within = _within(asked, given)
        queue = Recheck(asked, asks_in(desk().traffic))
        all_of_them = queue.listed(today(), substance=substance.code if substance else None)
        found = [one for one in all_of_them if within is None or _lies_in(asked, one, within)]
        values = {
            "part": part_of(found, given, PAGE_SIZE),
            "substance": substance,
            "within": within,
            "substances": asked.snapshot.substances,
            "places": _places(asked),
            "address": partial(_address, substance.code if substance else None, within),
            "PAGE_SIZE": PAGE_SIZE,
            "MAX_PAGE_SIZE": MAX_PAGE_SIZE,
        }
        if given.errors:
            return refused_page("recheck.html", given.errors, **values)
        return page("recheck.html", errors={}, **values)


def _within(asked: Services, given: Parameters) -> Jurisdiction | None:
    """The jurisdiction that the list is narrowed to."""
    id = given.text("within")
    if id and id not in asked.snapshot.tree:
        given.refuse("within", said("No jurisdiction has this id."))
        return None
    return asked.snapshot.tree.get(id) if id else None


def _lies_in(asked: Services, one: Doubtful, within: Jurisdiction) -> bool:
    chain = asked.snapshot.tree.chain(one.jurisdiction.id)
    return any(above.id == within.id for above in chain)


def _places(asked: Services) -> list[Jurisdiction]:
    """The countries and states that have a record, or something with one below, by name."""
    tree = asked.snapshot.tree
    found = {
        above.id: above
        for id, _ in asked.snapshot.records
        for above in tree.chain(id)[:2]
        if above.parent is None or tree.get(above.parent).parent is None
    }
    return sorted(found.values(), key=lambda one: (one.parent or one.id, one.name))


def _address(substance: str | None, within: Jurisdiction | None, **changed: Any) -> str:
    asked = {"substance": substance, "within": within.id if within else None}
    return link("/review/recheck", **{**asked, **changed})
