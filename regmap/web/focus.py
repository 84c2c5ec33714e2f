"""The part of the world that a map shows first, as an address or a command names it."""

from regmap.domain.errors import InvalidValue, UnknownJurisdiction
from regmap.domain.wording import said, sentence
from regmap.geo.atlas import BBox
from regmap.services.bundle import Services
from regmap.web.map_config import regions

_AROUND_POINT = 0.4  # degrees to each side of a town whose limits are not loaded


def focus_box(asked: Services, focus: str | None) -> BBox | None:
    """The box to show: west, south, east, north in degrees; west > east across ±180°.

    :param focus: the code of a region (``world``, ``US``, …) or the id of a jurisdiction; None, or
        empty: nothing in particular, and there is no box.
    :raises InvalidValue: naming ``focus``: there is no such id, or nobody knows where it lies.
    """
    by_region: dict[str, BBox] = {one["code"]: one["bbox"] for one in regions()}
    if not focus or focus in by_region:
        return by_region.get(focus or "")
    try:
        id = asked.snapshot.tree.get(focus).id
    except UnknownJurisdiction as error:
        raise InvalidValue({"focus": [sentence(error.args[0])]}) from None
    bbox, point = asked.browse.bbox(id), asked.browse.centroid(id)
    if bbox is not None:
        return bbox
    if point is None:
        unknown = said("Where this lies is not known, so the map cannot show it.")
        raise InvalidValue({"focus": [unknown]})
    lon, lat = point
    return lon - _AROUND_POINT, lat - _AROUND_POINT, lon + _AROUND_POINT, lat + _AROUND_POINT
