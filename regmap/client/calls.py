"""Every question that can be asked, as data; both clients take their methods from here.

``on`` is the day of the law, ``known_at`` the moment up to which the data set is known: each takes
a date, a datetime with a time zone, or a text. Without them: today, and all that is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from .answers import Candidates, Route, StatusAnswer
from .asking import (
    PREFIX,
    Call,
    Codes,
    Day,
    Listing,
    Moment,
    Page,
    Reply,
    day_of,
    moment_of,
    parameters,
    segment,
    without_nan,
)
from .download import Exported, FileSink
from .errors import Ambiguous, BadAnswer
from .reading import read
from .records import (
    Codebook,
    Correction,
    History,
    Jurisdiction,
    JurisdictionDetail,
    LegalChange,
    Revision,
    Search,
    Version,
    VersionChange,
)
from .vocabulary import ExportForm, ExportTable, Status

PAGE_SIZE = 200
"""What we ask for at once; the most that the server gives."""

T = TypeVar("T")


def status(
    *,
    lat: float | None = None,
    lon: float | None = None,
    zip: str | None = None,
    place: str | None = None,
    jurisdiction: str | None = None,
    substance: str | None = None,
    on: Day | None = None,
    known_at: Moment | None = None,
) -> Call[StatusAnswer]:
    """Which status holds at a point, in a ZIP code, in a place or in a jurisdiction: one of them.

    :param lat: degrees (WGS 84), with ``lon``.
    :param place: a name, with its state or country: ``Columbus, MS``.
    :raises Ambiguous: if the name fits several places.
    :raises NotFound: if there is no such ZIP code, place or jurisdiction.
    :raises InvalidInput: if what was given cannot be understood.
    """

    def answered(reply: Reply) -> StatusAnswer:
        if reply.status == 300:
            found = read(Candidates, reply.json())
            raise Ambiguous(place or "", found.candidates, found.total)
        return read(StatusAnswer, reply.json())

    where = parameters(lat=lat, lon=lon, zip=zip, place=place, jurisdiction=jurisdiction)
    return Call(
        f"{PREFIX}/status",
        answered,
        params={**where, **_when(on, known_at), **parameters(substance=substance)},
        accepts=(200, 300),
    )


def route(
    *,
    stops: Iterable[Mapping[str, Any]] | None = None,
    line: Iterable[Sequence[float]] | None = None,
    substance: str | None = None,
    on: Day | None = None,
    known_at: Moment | None = None,
) -> Call[Route]:
    """The law along a line, or from stop to stop.

    :param stops: locations as in ``status_batch``, in order.
    :param line: positions as longitude, latitude (degrees).
    :raises InvalidInput: if neither or both are given, or one cannot be understood.
    """
    body: dict[str, Any] = {**_when(on, known_at), **parameters(substance=substance)}
    if stops is not None:
        body["stops"] = [without_nan(stop) for stop in stops]
    if line is not None:
        body |= {"type": "LineString", "coordinates": [list(position) for position in line]}
    return Call(f"{PREFIX}/route", _as(Route), "POST", json=body)


def jurisdictions(
    *,
    level: Codes | None = None,
    parent: str | None = None,
    status: Status | None = None,
    substance: str | None = None,
    q: str | None = None,
    bbox: Sequence[float] | None = None,
    scope: Literal["listed", "all"] | None = None,
    on: Day | None = None,
    known_at: Moment | None = None,
    page_size: int = PAGE_SIZE,
) -> Listing[Jurisdiction]:
    """Every country, US state and territory, and whatever has a record; page after page.

    :param status: keeps those where ``substance`` has it.
    :param bbox: west, south, east, north (degrees); west may be greater, across ±180°.
    :param scope: ``all`` adds the counties without a record.
    :raises DataMoved: if the data set moved meanwhile.
    """
    asked = parameters(
        level=level, parent=parent, status=status, substance=substance, q=q, bbox=bbox, scope=scope
    )
    return _listing(
        "/jurisdictions",
        Jurisdiction,
        {**asked, **_when(on, known_at)},
        page_size,
        pinned_by=_version,
    )


def jurisdiction(
    id: str, *, on: Day | None = None, known_at: Moment | None = None
) -> Call[JurisdictionDetail]:
    """One jurisdiction: codes, limits, periods in force, pending bills, counts of local rules.

    :raises NotFound: if there is none of that id.
    """
    return _get(_of(id), _as(JurisdictionDetail), _when(on, known_at))


def history(
    id: str, *, substance: str | None = None, known_at: Moment | None = None
) -> Call[History]:
    """Both histories of a record: the law's periods, and the edits of the record.

    :raises NotFound: if there is no jurisdiction of that id.
    """
    asked = {**parameters(substance=substance), **_when(None, known_at)}
    return _get(f"{_of(id)}/history", _as(History), asked)


def boundary(
    id: str,
    *,
    detail: Literal["low", "high"] | None = None,
    known_at: Moment | None = None,
) -> Call[dict[str, Any]]:
    """The limits of a jurisdiction as a GeoJSON Feature (RFC 7946).

    :param detail: ``low`` is light and for drawing; ``high`` is what look-ups use.
    :raises NotFound: if there is none of that id, or no boundary of it is loaded.
    """
    asked = {**parameters(detail=detail), **_when(None, known_at)}
    return _get(f"{_of(id)}/boundary", _object, asked)


def changes(
    *,
    start: Day | None = None,
    end: Day | None = None,
    jurisdiction: str | None = None,
    substance: str | None = None,
    level: Codes | None = None,
    types: Codes | None = None,
    known_at: Moment | None = None,
    page_size: int = PAGE_SIZE,
) -> Listing[LegalChange]:
    """Legal changes by effective date, oldest first; dates to come are the upcoming ones.

    :param start: the first day; ``end`` is the first day after.
    :param types: ``law_changed`` (if left out), ``record_corrected``, or both.
    :raises DataMoved: if the data set moved meanwhile.
    """
    asked = parameters(
        from_=day_of(start),
        to=day_of(end),
        jurisdiction=jurisdiction,
        substance=substance,
        level=level,
        type=types,
    )
    return _listing(
        "/changes", LegalChange, {**asked, **_when(None, known_at)}, page_size, pinned_by=_version
    )


def revisions(
    *,
    since: Moment | int | None = None,
    types: Codes | None = None,
    jurisdiction: str | None = None,
    substance: str | None = None,
    known_at: Moment | None = None,
    page_size: int = PAGE_SIZE,
) -> Listing[Revision]:
    """The edit log of the data set, oldest first.

    :param since: the number of the last revision that is known already, or a moment or day.
    """
    asked = parameters(since=since, type=types, jurisdiction=jurisdiction, substance=substance)
    return _listing(
        "/revisions", Revision, {**asked, **_when(None, known_at)}, page_size, by="revision"
    )


def versions(*, page_size: int = PAGE_SIZE) -> Listing[Version]:
    """The states of the data set that were current at some time, newest first."""
    return _listing("/versions", Version, {}, page_size, by="data_version")


def version_diff(
    older: str, newer: str | None = None, *, page_size: int = PAGE_SIZE
) -> Listing[VersionChange]:
    """What two versions of the data set say differently, record by record.

    :param older: as answers name it (``data_version``); the number of its revision is enough.
    :param newer: the newest, if left out.
    :raises NotFound: if there is no such version.
    :raises DataMoved: if the newest is another meanwhile.
    """
    asked = parameters(from_=older, to=newer)
    return _listing("/versions/diff", VersionChange, asked, page_size, pinned_by=_newer_version)


def codebook() -> Call[Codebook]:
    """The vocabulary: substances, statuses with their colours, rules, levels and the rest."""
    return _get("/codebook", _as(Codebook))


def search(q: str, *, limit: int | None = None, known_at: Moment | None = None) -> Call[Search]:
    """What a text may mean: a point, a ZIP code, a jurisdiction or a town, the likeliest first."""
    return _get("/search", _as(Search), {**parameters(q=q, limit=limit), **_when(None, known_at)})


def map_(
    *,
    substance: str | None = None,
    level: Codes | None = None,
    topojson: bool = False,
    compare: Day | None = None,
    scope: Literal["listed", "all"] | None = None,
    disputed: Literal["hide", "show"] | None = None,
    on: Day | None = None,
    known_at: Moment | None = None,
) -> Call[dict[str, Any]]:
    """The map as a GeoJSON FeatureCollection, or a TopoJSON topology.

    :param compare: a second day: adds ``before`` and ``direction``.
    """
    asked = parameters(
        substance=substance,
        level=level,
        format="topojson" if topojson else None,
        compare=day_of(compare),
        scope=scope,
        disputed=disputed,
    )
    return _get("/map", _object, {**asked, **_when(on, known_at)})


def export(
    form: ExportForm,
    *,
    to: str | Path,
    table: ExportTable | None = None,
    on: Day | None = None,
    known_at: Moment | None = None,
    substance: str | None = None,
    geometry: Literal["simple", "full"] | None = None,
) -> Call[Exported]:
    """A table of the data set as a file: written whole, checked, or not written at all.

    :param to: the file, which is replaced; or a folder that is there: the file gets the name that
        the server gives it.
    :raises OSError: if it cannot be written.
    """

    def answered(reply: Reply) -> Exported:
        if not isinstance(reply.kept, Exported):
            raise BadAnswer("No file was written.")
        return reply.kept

    asked = parameters(table=table, substance=substance, geometry=geometry)
    return Call(
        f"{PREFIX}/export/{segment(form)}",
        answered,
        params={**asked, **_when(on, known_at)},
        sink=FileSink(Path(to)),
    )


def corrections(
    *,
    state: Codes | None = None,
    jurisdiction: str | None = None,
    substance: str | None = None,
    page_size: int = PAGE_SIZE,
) -> Listing[Correction]:
    """The public ledger of corrections, newest first.

    With ``state``, one that changes its state while the pages are read may be left out.
    """
    asked = parameters(state=state, jurisdiction=jurisdiction, substance=substance)
    return _listing("/corrections", Correction, asked, page_size, by="id")


# --- Shared parts. ----------------------------------------------------------------------------


def _of(id: str) -> str:
    return f"/jurisdictions/{segment(id)}"


def _when(on: Day | None, known_at: Moment | None) -> dict[str, str]:
    return parameters(on=day_of(on), known_at=moment_of(known_at))


def _as(kind: type[T]) -> Callable[[Reply], T]:
    return lambda reply: read(kind, reply.json())


def _object(reply: Reply) -> dict[str, Any]:
    found = reply.json()
    if not isinstance(found, dict):
        raise BadAnswer(f"{reply.url.path} was answered with no object.")
    return found


def _get(
    path: str, reader: Callable[[Reply], T], params: Mapping[str, str] | None = None
) -> Call[T]:
    return Call(f"{PREFIX}{path}", reader, params=params or {})


def _version(page: dict[str, Any]) -> Any:
    return page.get("data_version")


def _newer_version(page: dict[str, Any]) -> Any:
    newer = page.get("to")
    return newer.get("data_version") if isinstance(newer, dict) else None


def _listing(
    path: str,
    kind: type[T],
    asked: Mapping[str, str],
    page_size: int,
    *,
    by: str | None = None,
    pinned_by: Callable[[dict[str, Any]], Any] | None = None,
) -> Listing[T]:
    """A list in pages.

    :param by: the field that tells items apart.
    :param pinned_by: what all pages have to have in common.
    """

    def page_of(reply: Reply) -> Page[T]:
        document = _object(reply)
        items = document.get("items")
        if not isinstance(items, list):
            raise BadAnswer(f"{reply.url.path} was answered with no list.")
        return Page(
            tuple(read(kind, one, f"items[{number}]") for number, one in enumerate(items)),
            Call(reply.next, page_of) if reply.next else None,
            pinned_by(document) if pinned_by else None,
        )

    first = Call(f"{PREFIX}{path}", page_of, params={**asked, "page_size": str(page_size)})
    return Listing(first, (lambda item: getattr(item, by)) if by else None)
