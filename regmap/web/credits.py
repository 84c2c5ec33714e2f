"""Whose work the boundaries are."""

from regmap.domain.wording import said
from regmap.services.snapshot import Geography

BOUNDARIES = said("Boundaries: U.S. Census Bureau, Natural Earth (public domain).")


def imported_credits(geography: Geography) -> list[tuple[str, str]]:
    """Source and licence of the limits that the operator of this site imported."""
    layers = {area.layer.name: area.layer for area in geography.atlas.imported}
    return sorted({(layer.source, layer.licence) for layer in layers.values()})
