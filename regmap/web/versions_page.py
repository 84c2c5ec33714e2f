"""``/data/versions``: what two versions of the data set say otherwise; ``.csv``: as a file."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import format_date
from flask import Blueprint, Response, request
from flask_babel import get_locale, gettext

from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Period, Record
from regmap.domain.retelling import Difference
from regmap.domain.vocabulary import CHANGE_TYPES, ChangeType
from regmap.domain.wording import said
from regmap.http.context import services
from regmap.schemas.jurisdiction import jurisdiction_from_document
from regmap.schemas.record import record_from_document
from regmap.services.bundle import Services
from regmap.services.csv_text import Cell
from regmap.services.versions import Kind, Version, VersionChange
from regmap.store.revisions import Revision
from regmap.web.csv_answer import CsvFile, answer_of, csv_file
from regmap.web.jurisdiction_page import span_words
from regmap.web.page import api_link, link, page
from regmap.web.paging import MAX_PAGE_SIZE, part_of
from regmap.web.parameters import Parameters, tidy_address
from regmap.web.revisions import Part, told_difference
from regmap.web.told_places import told_place
from regmap.web.words import CHANGE_TYPE_NAMES

PAGE_SIZE = 50
_OFFERED = 200
"""How many of the newest versions can be chosen from; older ones by their name in the address."""

_KINDS: Mapping[Kind, tuple[str, str]] = {
    **{Kind(one): (CHANGE_TYPE_NAMES[one], CHANGE_TYPES[one]) for one in ChangeType},
    Kind.FIRST: (said("recorded for the first time"), said("the older version said nothing of it")),
}
"""The kinds of differences: a name, and what it means."""

_CSV_COLUMNS = (
    "jurisdiction", "name", "substance", "type", "first", "from", "to", "status_before",
    "min_age_before", "status_after", "min_age_after", "fields_changed", "revision", "recorded_at",
    "reason", "correction", "release", "from_version", "to_version",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """The two versions that an address asks for, and the names that stand in it."""

    older: Version
    newer: Version

    def address(self, path: str = "/data/versions", **more: Any) -> str:
        """A page about the same two."""
        return link(path, **self.given(), **more)

    def given(self) -> dict[str, str]:
        """Both as parameters."""
        return {"from": self.older.data_version, "to": self.newer.data_version}


@dataclass(frozen=True, slots=True)
class Item:
    """What both say otherwise of one subject: ``parts`` field by field, in words.

    ``has_page``: the jurisdiction is there at present, too.
    """

    change: VersionChange
    jurisdiction: Jurisdiction
    parts: Sequence[Part]
    has_page: bool


def join(pages: Blueprint) -> None:
    """Register the page and the file."""

    @pages.get("/data/versions")
    def versions() -> Response:
        """The list to choose from, and what the two chosen versions say otherwise."""
        tidy = tidy_address("/data/versions")
        if tidy is not None:
            return tidy
        asked = services()
        offered, total = asked.versions.listed(limit=_OFFERED)
        compared = _compared(asked, offered)
        changes = asked.versions.between(compared.older, compared.newer) if compared else []
        wishes = Parameters(request.args)
        wanted = wishes.codes("type", Kind)
        shown = _of_kinds(changes, wanted)
        part = part_of(shown, wishes, PAGE_SIZE)
        wishes.check()
        return page(
            "versions.html",
            offered=_with(offered, compared),
            total=total,
            compared=compared,
            part=part,
            items=[_item(asked, one) for one in part.items],
            counts=Counter(one.kind for one in changes),
            wanted=wanted,
            kinds=_KINDS,
            label_of=_label,
            span_words=span_words,
            substances=asked.snapshot.substances,
            address=_address(compared, wanted),
            csv_address=_address(compared, wanted, "/data/versions.csv")() if compared else None,
            data_address=api_link("/versions/diff", **compared.given()) if compared else None,
            MAX_PAGE_SIZE=MAX_PAGE_SIZE,
            data_version=asked.snapshot.data_version,
        )

    @pages.get("/data/versions.csv")
    def versions_csv() -> Response:
        """One row for each stretch of law told otherwise; one without dates where there is none.

        Kept as long as the snapshot: it gives the names, and the newest version.
        """
        asked = services()
        given = tuple(tuple(request.args.getlist(name)) for name in ("from", "to", "type"))
        return answer_of(asked.kept_lists.get(("versions.csv", given), lambda: _csv_file(asked)))


def _compared(asked: Services, newest: Sequence[Version]) -> Compared | None:
    """The two versions asked for: the newest, and the one before it, unless the address says.

    None: there are no two.

    :param newest: the newest versions, two at least if there are so many.
    :raises InvalidValue: naming the parameter that is no name of a version, or the later one.
    :raises UnknownVersion: if there is none of that name.
    """
    given = {name: request.args.get(name, "").strip() for name in ("from", "to")}
    if given["to"]:
        newer = asked.versions.find(given["to"], "to")
    elif newest:
        newer = newest[0]
    else:
        return None
    if given["from"]:
        return Compared(asked.versions.find(given["from"], "from"), newer)
    earlier = asked.versions.before(newer)
    return Compared(earlier, newer) if earlier else None


def _with(offered: Sequence[Version], compared: Compared | None) -> list[Version]:
    """The versions to choose from, with those that are chosen, newest first."""
    chosen = [compared.older, compared.newer] if compared else []
    known = {one.data_version: one for one in (*chosen, *offered)}
    return sorted(known.values(), key=lambda one: one.revision, reverse=True)


def _address(
    compared: Compared | None, wanted: frozenset[Kind], path: str = "/data/versions"
) -> Any:
    """Gives the address of this page, or of its file, with some parameters set."""
    given = compared.given() if compared else {}
    kept = {**given, "type": _codes(wanted)}
    return lambda **more: link(path, **{**kept, **more})


def _codes(wanted: frozenset[Kind]) -> str | None:
    return ",".join(one for one in Kind if one in wanted) or None


def _of_kinds(changes: Sequence[VersionChange], wanted: frozenset[Kind]) -> list[VersionChange]:
    return [one for one in changes if not wanted or one.kind in wanted]


def _label(version: Version) -> str:
    """Names a version in a narrow list: its number first, for many may be of one minute."""
    return gettext(
        "%(revision)s · %(date)s, %(time)s UTC",
        revision=version.revision,
        date=format_date(version.recorded_at.date(), "d MMM y", locale=get_locale()),
        time=version.recorded_at.strftime("%H:%M"),
    )


def _item(asked: Services, change: VersionChange) -> Item:
    tree, up_to = asked.snapshot.tree, change.after.revision
    jurisdiction = asked.versions.jurisdiction(tree, change.jurisdiction, up_to)
    if change.substance is None:
        parts = told_place(_place(change.before), _place(change.after), tree)
    else:
        parts = told_difference(_record(change.before), _record(change.after))
    return Item(change, jurisdiction, parts, change.jurisdiction in tree)


def _place(revision: Revision | None) -> Jurisdiction | None:
    document = revision.document if revision else None
    return jurisdiction_from_document(document) if document is not None else None


def _record(revision: Revision | None) -> Record | None:
    document = revision.document if revision else None
    return record_from_document(document) if document is not None else None


def _csv_file(asked: Services) -> CsvFile:
    """The file that the address asks for.

    :raises InvalidValue: naming the parameter that cannot be used.
    :raises UnknownVersion: if there is none of a name.
    """
    wishes = Parameters(request.args)
    wanted = wishes.codes("type", Kind)
    wishes.check()
    compared = _compared(asked, asked.versions.listed(limit=2)[0])
    changes = asked.versions.between(compared.older, compared.newer) if compared else []
    shown = _of_kinds(changes, wanted)
    return csv_file(
        _CSV_COLUMNS,
        (row for one in shown if compared for row in _csv_rows(asked, one, compared)),
        name="versions",
        filters={"from": compared.older.data_version if compared else None, "type": _codes(wanted)},
        data_version=compared.newer.data_version if compared else asked.snapshot.data_version,
    )


def _csv_rows(
    asked: Services, change: VersionChange, compared: Compared
) -> Iterator[Iterator[Cell]]:
    for difference in change.differences or (None,):
        yield _csv_line(asked, change, difference, compared)


def _csv_line(
    asked: Services, change: VersionChange, difference: Difference | None, compared: Compared
) -> Iterator[Cell]:
    tree, last = asked.snapshot.tree, change.after
    before, after = (difference.before, difference.after) if difference else (None, None)
    yield change.jurisdiction
    yield asked.versions.jurisdiction(tree, change.jurisdiction, last.revision).name
    yield change.substance
    yield difference.type if difference else change.type
    yield change.is_first
    yield difference.start if difference else None
    yield difference.end if difference else None
    yield from _law(before)
    yield from _law(after)
    yield " ".join(one.path or "/" for one in change.changes)
    yield last.revision
    yield last.recorded_at.isoformat()
    yield last.reason
    yield last.correction
    yield last.release
    yield compared.older.data_version
    yield compared.newer.data_version


def _law(period: Period | None) -> Iterator[Cell]:
    """Status and minimum age; both empty where there is no rule of its own."""
    yield period.status if period else None
    yield period.min_age if period else None
