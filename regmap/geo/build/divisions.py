"""Open Civic Data division ids, as far as they are certain to exist.

The list (opencivicdata/ocd-division-ids) was generated from Census files of about 2012: lower
case, spaces to ``_``, an apostrophe to ``~``, full stops dropped, other letters kept (doña_ana).
"""

from __future__ import annotations

# Names or kinds that changed after that list, or whose spelling has wavered between Census
# vintages. None: not known to exist.
EXCEPTIONS: dict[str, str | None] = {
    "02158": None,  # Kusilvak Census Area, listed as wade_hampton
    "02195": None,  # Petersburg Borough, listed as a census area
    "46102": None,  # Oglala Lakota County, listed as shannon
    "17099": None,  # LaSalle County, Illinois
    "18087": None,  # LaGrange County, Indiana
    "18091": None,  # LaPorte County, Indiana
    "22059": "ocd-division/country:us/state:la/parish:la_salle",  # LaSalle Parish
}

# Legal kind of a county equivalent to the type of its division. Independent cities are places.
DIVISION_TYPES: dict[str, str] = {
    "County": "county",
    "Parish": "parish",
    "Borough": "borough",
    "City and Borough": "borough",
    "Municipality": "borough",
    "Census Area": "census_area",
    "city": "place",
}


def division_slug(name: str) -> str:
    """A name in the grammar of division ids."""
    return name.lower().replace(".", "").replace("'", "~").replace(" ", "_")


def country_division(code: str) -> str:
    """The division of an ISO 3166-1 alpha-2 code."""
    return f"ocd-division/country:{code.lower()}"


def state_division(postal: str, level: str) -> str:
    """The division of a US state, territory or district by its postal abbreviation."""
    return f"ocd-division/country:us/{level}:{postal.lower()}"


def county_division(geoid: str, postal: str, name: str, kind: str) -> str | None:
    """The division of a county or county equivalent of the 50 states; None where not certain."""
    if geoid in EXCEPTIONS:
        return EXCEPTIONS[geoid]
    division = DIVISION_TYPES.get(kind)
    if division is None:
        return None
    return f"{state_division(postal, 'state')}/{division}:{division_slug(name)}"
