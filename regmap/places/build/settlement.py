"""What the ZIP sources call otherwise than our boundaries (Census counties of 2016), settled.

GEOIDs are five digits: state and county. Every entry says why.
"""

from collections.abc import Mapping

FREELY_ASSOCIATED: Mapping[str, str] = {"FM": "FM", "64": "FM", "MH": "MH", "68": "MH"} | {
    "PW": "PW",
    "70": "PW",
}
"""Countries of their own that the US Postal Service delivers to, by postal and FIPS code."""

# GEOIDs that our boundaries do not have → the GEOIDs that their land has there.
RENUMBERED: Mapping[str, tuple[str, ...]] = {
    "02063": ("02261",),  # Chugach, split off Valdez-Cordova in 2019
    "02066": ("02261",),  # Copper River, split off Valdez-Cordova in 2019
    # Connecticut's planning regions, the county equivalents since 2022, cut across the eight old
    # counties; listed is every county that has a town in the region.
    "09110": ("09003", "09013"),  # Capitol: Hartford, Tolland
    "09120": ("09001",),  # Greater Bridgeport: Fairfield
    "09130": ("09007", "09011"),  # Lower River Valley: Middlesex; Lyme, Old Lyme in New London
    "09140": ("09001", "09003", "09005", "09009"),  # Naugatuck Valley: Shelton in Fairfield,
    # Bristol in Hartford, and towns of Litchfield and New Haven
    "09150": ("09011", "09013", "09015"),  # Northeastern: Windham; Voluntown in New London,
    # Union in Tolland
    "09160": ("09003", "09005"),  # Northwest Hills: Litchfield; Burlington, Hartland in Hartford
    "09170": ("09009",),  # South Central: New Haven
    "09180": ("09011", "09015"),  # Southeastern: New London; Windham (town) in Windham
    "09190": ("09001", "09005"),  # Western: Fairfield; Bridgewater, New Milford in Litchfield
}

# Names that our boundaries do not have → the GEOIDs that their land has there, by postal state.
RENAMED: Mapping[tuple[str, str], tuple[str, ...]] = {
    # Dissolved in 2013; Kake and the west of it went to Prince of Wales-Hyder.
    ("AK", "Petersburg Census Area"): ("02195", "02198"),
    ("AK", "Wade Hampton Census Area"): ("02158",),  # Kusilvak since 2015
    ("AK", "Copper River Census Area"): ("02261",),  # Valdez-Cordova until 2019
    ("AK", "Chugach Census Area"): ("02261",),  # Valdez-Cordova until 2019
    # Dissolved in 2008 into Ketchikan Gateway, Wrangell, Petersburg and Prince of Wales-Hyder.
    ("AK", "Prince of Wales-Outer Ketchikan Borough"): ("02130", "02195", "02198", "02275"),
    ("AK", "Municipality of Anchorage"): ("02020",),  # the kind stands before the name
    ("AK", "City and Borough of Juneau"): ("02110",),  # the kind stands before the name
    ("SD", "Shannon County"): ("46102",),  # Oglala Lakota since 2015
    ("VA", "Bedford city"): ("51019",),  # part of Bedford County since 2013
    ("VA", "James City"): ("51095",),  # James City County, whose name ends in City
    # The ZIP's post office stands in one state, the county named is the neighbour state's.
    ("GA", "Cleburne County"): ("01029",),  # Alabama
    ("ND", "McPherson County"): ("46089",),  # South Dakota
    ("NE", "Todd County"): ("46121",),  # South Dakota
    ("OR", "Modoc County"): ("06049",),  # California
    ("PA", "Monongalia County"): ("54061",),  # West Virginia
    ("VA", "McDowell County"): ("54047",),  # West Virginia
    # West Virginia has no such county and three neighbours do (Bakerton, ZIP 25410, lies in
    # Jefferson County): nothing is named; the point decides.
    ("WV", "Washington County"): (),
}
