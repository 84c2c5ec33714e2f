"""Unites the three ZIP sources: what one of them names, counts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from regmap.places.build.counties import Counties
from regmap.places.build.settlement import RENUMBERED
from regmap.places.build.zip_sources import Census, Hud
from regmap.places.zips import KIND_LETTERS, SOURCE_LETTERS, ZipArea, ZipKind, ZipPart

LeafAt = Callable[[float, float], str | None]
"""The finest area of the boundaries at a longitude and latitude in degrees."""

_KINDS = {
    "STANDARD": ZipKind.STANDARD,
    "PO BOX": ZipKind.PO_BOX,
    "UNIQUE": ZipKind.UNIQUE,
    "MILITARY": ZipKind.MILITARY,
}
_MILITARY_CITIES = frozenset({"Apo", "Fpo", "Dpo"})  # some are marked as of another kind
_SOURCE_ORDER = tuple(SOURCE_LETTERS.values())


@dataclass
class _Draft:
    """What is known of one area of a ZIP."""

    residential: float | None = None
    total: float | None = None
    sources: set[str] = field(default_factory=set)


_Drafts = defaultdict[str, _Draft]


@dataclass(frozen=True)
class Sources:
    """What the three sources say, and the boundaries to say it in."""

    hud: Hud
    census: Census
    zipcodes: Mapping[str, Mapping[str, Any]]
    counties: Counties
    leaf_at: LeafAt


def united(sources: Sources) -> list[ZipArea]:
    """Every ZIP code of any source, in order."""
    codes = sorted({*sources.hud, *sources.census, *sources.zipcodes})
    drafts = {code: _drafts(code, sources) for code in codes}
    by_prefix: dict[tuple[str, str], set[str]] = defaultdict(set)
    for code, areas in drafts.items():
        state = sources.zipcodes.get(code, {}).get("state", "")
        by_prefix[code[:3], state].update(areas)
    for code, areas in drafts.items():
        if not areas and not _is_military(sources.zipcodes[code]):
            state = sources.zipcodes[code]["state"]
            for id in by_prefix[code[:3], state] or sources.counties.all_in(state):
                areas[id].sources.add("neighbours")
    return [_area(code, drafts[code], sources) for code in codes]


def _drafts(code: str, sources: Sources) -> _Drafts:
    drafts: _Drafts = defaultdict(_Draft)
    entry = sources.zipcodes.get(code)
    if entry is not None and _is_military(entry):
        return drafts
    for postal, name in sorted(sources.census.get(code, ())):
        for id in sources.counties.by_name(postal, name):
            drafts[id].sources.add("census")
    if entry is not None:
        _add_entry(entry, drafts, sources)
    # Last: where a new county may be one of several old ones, those named so far decide.
    for geoid, share in sorted(sources.hud.get(code, {}).items()):
        areas = sources.counties.by_geoid(geoid)
        if len(areas) == 1:
            draft = drafts[areas[0]]
            draft.residential = (draft.residential or 0.0) + share.residential
            draft.total = (draft.total or 0.0) + share.total
        named = [id for id in areas if id in drafts] if geoid in RENUMBERED else []
        for id in named or areas:
            drafts[id].sources.add("hud")
    return drafts


def _add_entry(entry: Mapping[str, Any], drafts: _Drafts, sources: Sources) -> None:
    """Add the county that the package zipcodes names, and the one that holds its point."""
    if entry["county"]:
        for id in sources.counties.by_name(entry["state"], entry["county"]):
            drafts[id].sources.add("zipcodes")
    elif len(areas := sources.counties.all_in(entry["state"])) == 1:
        drafts[areas[0]].sources.add("zipcodes")
    point = _point(entry)
    leaf = sources.leaf_at(*point) if point is not None else None
    # A point beyond the land's border is off, and says nothing.
    if leaf is not None and leaf in sources.counties:
        drafts[leaf].sources.add("zipcodes")


def _is_military(entry: Mapping[str, Any]) -> bool:
    return entry["zip_code_type"] == "MILITARY" or entry["city"] in _MILITARY_CITIES


def _point(entry: Mapping[str, Any]) -> tuple[float, float] | None:
    lon, lat = float(entry["long"] or 0), float(entry["lat"] or 0)
    return (lon, lat) if (lon, lat) != (0, 0) else None


def _area(code: str, drafts: _Drafts, sources: Sources) -> ZipArea:
    entry = sources.zipcodes.get(code, {})
    kind = _KINDS[entry.get("zip_code_type", "STANDARD")]
    if entry and _is_military(entry):
        kind = ZipKind.MILITARY
    cities = _cities(code, entry, sources.hud)
    return ZipArea(
        zip=code,
        kind=kind,
        active=entry.get("active", True),
        city=cities[0],
        other_cities=tuple(cities[1:]),
        postal_state=None
        if kind is ZipKind.MILITARY
        else sources.counties.state(entry.get("state", "")),
        point=None if kind is ZipKind.MILITARY or not entry else _point(entry),
        parts=tuple(
            ZipPart(id, draft.residential, draft.total, _in_order(draft.sources))
            for id, draft in sorted(drafts.items(), key=_most_addresses_first)
        ),
    )


def _most_addresses_first(item: tuple[str, _Draft]) -> tuple[float, float, str]:
    id, draft = item
    return -(draft.total or 0.0), -(draft.residential or 0.0), id


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=_SOURCE_ORDER.index))


def _cities(code: str, entry: Mapping[str, Any], hud: Hud) -> list[str]:
    """The city of its addresses, and what else may stand there, each once."""
    names = [entry["city"], *entry["acceptable_cities"]] if entry else []
    names += [share.city.title() for share in hud.get(code, {}).values()]
    if entry and _is_military(entry):
        names[0] = names[0].upper()
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(name.casefold(), name)
    return list(seen.values()) or [""]


def written(areas: Iterable[ZipArea]) -> bytes:
    """The ZIP codes as the text that :mod:`regmap.places.zips` reads."""
    areas = list(areas)
    ids = sorted({part.id for area in areas for part in area.parts})
    numbers = {id: number for number, id in enumerate(ids)}
    lines = ["=areas", *ids, "=zips", *(_line(area, numbers) for area in areas)]
    return ("\n".join(lines) + "\n").encode()


def _line(area: ZipArea, numbers: Mapping[str, int]) -> str:
    letters = {kind: letter for letter, kind in KIND_LETTERS.items()}
    return "\t".join(
        (
            area.zip,
            letters[area.kind] + ("" if area.active else "-"),
            area.postal_state or "",
            area.city,
            "|".join(area.other_cities),
            "{:.4f} {:.4f}".format(*area.point) if area.point else "",
            ";".join(_part(part, numbers) for part in area.parts),
        )
    )


def _part(part: ZipPart, numbers: Mapping[str, int]) -> str:
    letters = {name: letter for letter, name in SOURCE_LETTERS.items()}
    return ":".join(
        (
            str(numbers[part.id]),
            _share(part.residential),
            _share(part.total),
            "".join(letters[source] for source in part.sources),
        )
    )


def _share(share: float | None) -> str:
    # Four digits that count: what is small must not become none. Sums may pass 1 by a rounding.
    return "" if share is None else f"{min(share, 1.0):.4g}"
