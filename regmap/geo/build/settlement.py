"""The tables that settle what the country file leaves open. No rule of geometry lives here.

Natural Earth draws who holds the ground, not who owns it. Where no ISO code answers for an area,
or where the law of the country drawn there is not the law that holds, the area has no id: a spot
in it is answered ``unknown`` with a warning, never with a neighbour's law.
"""

from __future__ import annotations

from dataclasses import dataclass

from regmap.domain.wording import said

Box = tuple[float, float, float, float]
"""(west, south, east, north) in degrees, tested against a polygon's own middle."""


@dataclass(frozen=True)
class Disputed:
    """An area that no jurisdiction of the data set answers for, and why."""

    name: str
    note: str


# Features without an ISO number, and Ashmore, which shares Australia's (036).
WITHOUT_NUMBER: dict[str, str | Disputed] = {
    # A code of its own, user-assigned in ISO 3166-1 and in common use.
    "Kosovo": "XK",
    # External territories without a code: ISO 3166-1 counts them in with their country.
    "Ashmore and Cartier Is.": "AU",
    "Coral Sea Is.": "AU",
    "Clipperton I.": "FR",
    # Reefs that Colombia administers (and the International Court of Justice left with it, 2012).
    "Bajo Nuevo Bank": "CO",
    "Serranilla Bank": "CO",
    # One feature, two codes: SPLIT_OFF takes the Cocos Islands off it.
    "Indian Ocean Ter.": "CX",
    # Leased or sovereign bases: the law of the country around them does not hold there, nor does
    # all the law of the country that runs them.
    "USNB Guantanamo Bay": Disputed(
        "Guantanamo Bay", said("A naval base run by the United States on ground leased from Cuba.")
    ),
    "Baikonur": Disputed(
        "Baikonur",
        said("A city and spaceport in Kazakhstan, leased to and administered by Russia."),
    ),
    "Akrotiri": Disputed(
        "Akrotiri", said("A British Sovereign Base Area on Cyprus, with ordinances of its own.")
    ),
    "Dhekelia": Disputed(
        "Dhekelia", said("A British Sovereign Base Area on Cyprus, with ordinances of its own.")
    ),
    # Run by authorities that few or no other states recognise, or by several.
    "N. Cyprus": Disputed(
        "Northern Cyprus", said("Part of Cyprus outside the control of its government since 1974.")
    ),
    "Cyprus U.N. Buffer Zone": Disputed(
        "Cyprus buffer zone",
        said("Patrolled by the United Nations between the two parts of Cyprus."),
    ),
    "Somaliland": Disputed(
        "Somaliland", said("Governs itself since 1991; internationally counted as part of Somalia.")
    ),
    "Siachen Glacier": Disputed("Siachen Glacier", said("Claimed by India and Pakistan.")),
    "Spratly Is.": Disputed(
        "Spratly Islands", said("Claimed, in part or whole, by six governments.")
    ),
    "Scarborough Reef": Disputed(
        "Scarborough Shoal", said("Claimed by China, the Philippines and Taiwan.")
    ),
}

# Features that stand for nothing here, by ISO code.
LEFT_OUT: dict[str, str] = {
    "AQ": "Antarctica is outside every jurisdiction",
    # Replaced by the Census shapes of the state layer (US-PR …), which the union of the states
    # replaces for the country itself.
    "US": "the union of the Census states stands for it",
    "PR": "a Census territory, US-PR",
    "GU": "a Census territory, US-GU",
    "VI": "a Census territory, US-VI",
    "AS": "a Census territory, US-AS",
    "MP": "a Census territory, US-MP",
}


@dataclass(frozen=True)
class SplitOff:
    """Polygons of one code whose middle lies in one of the boxes, and what they are instead."""

    source: str
    becomes: str | Disputed
    boxes: tuple[Box, ...]


# Parts with an ISO code of their own (or with none) that Natural Earth draws in with another.
SPLIT_OFF: tuple[SplitOff, ...] = (
    SplitOff("FR", "GF", ((-55.0, 2.0, -51.0, 6.0),)),
    SplitOff("FR", "GP", ((-62.0, 15.7, -60.9, 16.6),)),
    SplitOff("FR", "MQ", ((-61.3, 14.3, -60.7, 15.0),)),
    SplitOff("FR", "RE", ((55.0, -21.5, 56.0, -20.8),)),
    SplitOff("FR", "YT", ((44.9, -13.1, 45.4, -12.6),)),
    # Bonaire; Saba and Sint Eustatius.
    SplitOff("NL", "BQ", ((-68.6, 11.9, -68.1, 12.4), (-63.4, 17.4, -62.9, 17.7))),
    # Svalbard with Bear Island; Jan Mayen.
    SplitOff("NO", "SJ", ((9.0, 74.0, 35.0, 81.0), (-10.0, 70.0, -7.0, 72.0))),
    SplitOff("NO", "BV", ((3.0, -55.0, 4.0, -54.0),)),
    SplitOff("NZ", "TK", ((-173.0, -10.0, -171.0, -8.0),)),
    SplitOff("CX", "CC", ((96.0, -13.0, 97.5, -11.5),)),
    # Drawn as Russia by Natural Earth 4.1, as Ukraine by the General Assembly (68/262).
    SplitOff(
        "RU",
        Disputed(
            "Crimea", said("Held by Russia since 2014; internationally recognised as Ukraine's.")
        ),
        ((32.4, 44.3, 36.7, 46.3),),
    ),
)

# ISO 3166-2 codes for areas that belong to a country of the data set: their country's law reaches
# them. Islands without residents or a legislature, so no state or territory of the Census files.
SUBDIVISIONS: dict[str, tuple[str, str]] = {"UM": ("US-UM", "US")}

# Dependencies and special regions with their own ISO 3166-1 code: level "territory", no parent.
# EH, PS and TW are levelled as countries, which says nothing on their status.
TERRITORY_CODES = (
    "AI AW AX BL BM BQ BV CC CK CW CX FK FO GF GG GI GL GP GS HK HM IM IO JE KY MF MO MQ MS NC NF "
    "NU PF PM PN RE SH SJ SX TC TF TK UM VG WF YT"
)
TERRITORIES: frozenset[str] = frozenset(TERRITORY_CODES.split())

# Short English names where ISO's is formal, or not the usual one. Others are taken as they are.
NAMES: dict[str, str] = {
    "BN": "Brunei",
    "BQ": "Caribbean Netherlands",
    "CC": "Cocos (Keeling) Islands",
    "CD": "DR Congo",
    "CG": "Republic of the Congo",
    "FK": "Falkland Islands",
    "FM": "Micronesia",
    "MF": "Saint Martin",
    "PS": "Palestine",
    "PN": "Pitcairn Islands",
    "RU": "Russia",
    "ST": "São Tomé and Príncipe",
    "SX": "Sint Maarten",
    "TR": "Türkiye",
    "UM": "U.S. Minor Outlying Islands",
    "VA": "Vatican City",
    "VG": "British Virgin Islands",
    "XK": "Kosovo",
}

# Natural Earth's Vatican is a ring without area. An octagon of the city's 0.44 km² and position.
VATICAN: tuple[tuple[float, float], ...] = (
    (12.4570, 41.9020),
    (12.4570, 41.9048),
    (12.4545, 41.9066),
    (12.4511, 41.9066),
    (12.4487, 41.9048),
    (12.4487, 41.9020),
    (12.4511, 41.9002),
    (12.4545, 41.9002),
)

NOTES: dict[str, str] = {
    "XK": "XK is user-assigned in ISO 3166-1; recognised by about half of the world's states.",
    "VA": "An approximate outline: the source has none.",
    "US-UM": "Nine island areas; Navassa is also claimed by Haiti, Wake by the Marshall Islands.",
    "CO": "Includes Bajo Nuevo and Serranilla banks, which Colombia administers.",
}
