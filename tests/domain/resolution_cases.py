"""Rules 1, 4, 5 and 6 as a table that a lawyer can check: one case, one sentence."""

from regmap.domain.vocabulary import Extent, Level, Match
from tests.domain.resolution_case import (
    COUNTRY,
    COUNTY,
    DISTRICT,
    LAWFUL_COUNTRY,
    NATION,
    POSSIBLE_TOWN_BAN,
    STATE,
    STATE_AT_21,
    TERRITORY,
    TOWN,
    Case,
    says,
)

RULE_1 = (
    Case(
        title="a layer without a period on the day counts for nothing",
        says=(LAWFUL_COUNTRY, STATE_AT_21, says(COUNTY), says(TOWN)),
        status="regulated",
        by=STATE,
        age=21,
    ),
    Case(
        title="a territory stands below its country",
        says=(LAWFUL_COUNTRY, says(TERRITORY, "controlled", level=Level.TERRITORY)),
        status="controlled",
        by=TERRITORY,
    ),
    Case(
        title="a territory without a country above it stands alone",
        says=(says("HK", "prohibited", level=Level.TERRITORY),),
        status="prohibited",
        by="HK",
    ),
    Case(
        title="a spot off every shape belongs to the nearest one for certain",
        says=(
            says(COUNTRY, "unregulated", match=Match.NEAREST),
            says(STATE, "prohibited", match=Match.NEAREST),
        ),
        status="prohibited",
        by=STATE,
    ),
)

RULE_4 = (
    Case(
        title="a town ban decides over a lenient state",
        says=(LAWFUL_COUNTRY, STATE_AT_21, says(TOWN, "prohibited")),
        status="prohibited",
        by=TOWN,
        age=21,
    ),
    Case(
        title="a lenient town changes nothing under a state ban",
        says=(LAWFUL_COUNTRY, says(STATE, "prohibited"), says(TOWN, "unregulated")),
        status="prohibited",
        by=STATE,
    ),
    *(
        Case(
            title=f"{strict} is stricter than {lenient}",
            says=(says(COUNTRY, lenient), says(STATE, strict)),
            status=strict,
            by=STATE,
        )
        for strict, lenient in (
            ("prohibited", "sale_prohibited"),
            ("sale_prohibited", "controlled"),
            ("controlled", "regulated"),
            ("regulated", "unregulated"),
        )
    ),
    *(
        Case(
            title=f"an unknown {level} beats a {lawful} town: it is not called lawful",
            says=(says(id, "unknown", level=level), says(TOWN, lawful)),
            status="unknown",
            by=id,
        )
        for id, level in (
            (COUNTRY, Level.COUNTRY),
            (STATE, Level.STATE),
            (TERRITORY, Level.TERRITORY),
            (DISTRICT, Level.DISTRICT),
        )
        for lawful in ("regulated", "unregulated")
    ),
    *(
        Case(
            title=f"an unknown state does not beat a town where it is {strict}",
            says=(LAWFUL_COUNTRY, says(STATE, "unknown"), says(TOWN, strict)),
            status=strict,
            by=TOWN,
        )
        for strict in ("prohibited", "sale_prohibited", "controlled")
    ),
    *(
        Case(
            title=f"an unknown local rule only warns ({id})",
            says=(LAWFUL_COUNTRY, STATE_AT_21, says(id, "unknown")),
            status="regulated",
            by=STATE,
            age=21,
        )
        for id in (COUNTY, NATION, TOWN)
    ),
    Case(
        title="a spot in a country without any record is unknown",
        says=(says(COUNTRY),),
        status="unknown",
        by=None,
    ),
    Case(
        title="a lawful town in a country without any record is not called lawful",
        says=(says(COUNTRY), says(TOWN, "regulated", 21)),
        status="unknown",
        by=None,
        age=21,
    ),
    Case(
        title="a banned town in a country without any record is banned all the same",
        says=(says(COUNTRY), says(TOWN, "prohibited")),
        status="prohibited",
        by=TOWN,
    ),
    Case(
        title="an unknown town alone gives unknown, and nobody decides",
        says=(says(COUNTRY), says(TOWN, "unknown")),
        status="unknown",
        by=None,
    ),
)

RULE_5 = (
    Case(
        title="the minimum age is the highest, whoever decides",
        says=(
            says(COUNTRY, "regulated", 25),
            says(STATE, "controlled", 18),
            says(COUNTY, "unregulated", 21),
        ),
        status="controlled",
        by=STATE,
        age=25,
    ),
    Case(
        title="a local minimum age above the state's counts, and on a tie the state governs",
        says=(LAWFUL_COUNTRY, says(STATE, "regulated", 18), says(TOWN, "regulated", 21)),
        status="regulated",
        by=STATE,
        age=21,
    ),
    Case(
        title="no layer with an age, no minimum age",
        says=(LAWFUL_COUNTRY, says(STATE, "regulated")),
        status="regulated",
        by=STATE,
    ),
    Case(
        title="the age of a possible layer does not count",
        says=(STATE_AT_21, says(TOWN, "regulated", 25, match=Match.POSSIBLE)),
        status="regulated",
        by=STATE,
        age=21,
        possible=(TOWN,),
    ),
    Case(
        title="on a tie between county and tribal land the county is named",
        says=(says(TOWN, "prohibited"), says(NATION, "prohibited"), says(COUNTY, "prohibited")),
        status="prohibited",
        by=COUNTY,
    ),
)

RULE_6 = (
    Case(
        title="a possible ban never decides, but is the strictest that may hold",
        says=(LAWFUL_COUNTRY, STATE_AT_21, POSSIBLE_TOWN_BAN),
        status="regulated",
        by=STATE,
        age=21,
        strictest="prohibited",
        possible=(TOWN,),
    ),
    Case(
        title="a possible lenient town is possible and changes nothing",
        says=(says(STATE, "controlled"), says(TOWN, "regulated", match=Match.POSSIBLE)),
        status="controlled",
        by=STATE,
        possible=(TOWN,),
    ),
    Case(
        title="a possible unknown town is not stricter than a lawful state",
        says=(STATE_AT_21, says(TOWN, "unknown", match=Match.POSSIBLE)),
        status="regulated",
        by=STATE,
        age=21,
        possible=(TOWN,),
    ),
    Case(
        title="a possible unknown state is stricter than a lawful country",
        says=(LAWFUL_COUNTRY, says(STATE, "unknown", match=Match.POSSIBLE)),
        status="unregulated",
        by=COUNTRY,
        strictest="unknown",
        possible=(STATE,),
    ),
    Case(
        title="a possible lenient town does not make an unknown spot lawful",
        says=(says(STATE, "unknown"), says(TOWN, "unregulated", match=Match.POSSIBLE)),
        status="unknown",
        by=STATE,
        possible=(TOWN,),
    ),
    Case(
        title="where only a possible layer speaks, the spot is unknown",
        says=(says(COUNTRY), says(TOWN, "regulated", 21, match=Match.POSSIBLE)),
        status="unknown",
        by=None,
        possible=(TOWN,),
    ),
    Case(
        title="a county rule that stops at city limits is possible while those are not loaded",
        says=(
            LAWFUL_COUNTRY,
            STATE_AT_21,
            says(COUNTY, "prohibited", 25, extent=Extent.UNINCORPORATED),
        ),
        status="regulated",
        by=STATE,
        age=21,
        strictest="prohibited",
        possible=(COUNTY,),
    ),
    Case(
        title="a county rule that stops at city limits decides outside every city",
        says=(
            STATE_AT_21,
            says(COUNTY, "prohibited", extent=Extent.UNINCORPORATED, outside_cities=True),
        ),
        status="prohibited",
        by=COUNTY,
        age=21,
    ),
    Case(
        title="a county rule that stops at city limits says nothing inside a city",
        says=(
            STATE_AT_21,
            says(COUNTY, "prohibited", 25, extent=Extent.UNINCORPORATED, outside_cities=False),
            says(TOWN, "unregulated"),
        ),
        status="regulated",
        by=STATE,
        age=21,
    ),
    Case(
        title="a rule of the whole county holds inside its cities too",
        says=(STATE_AT_21, says(COUNTY, "prohibited", outside_cities=False)),
        status="prohibited",
        by=COUNTY,
        age=21,
    ),
    Case(
        title="a possible county stays possible outside every city",
        says=(
            STATE_AT_21,
            says(COUNTY, "prohibited", match=Match.POSSIBLE, outside_cities=True),
        ),
        status="regulated",
        by=STATE,
        age=21,
        strictest="prohibited",
        possible=(COUNTY,),
    ),
    Case(
        title="a county rule of unconfirmed reach counts as whole",
        says=(LAWFUL_COUNTRY, STATE_AT_21, says(COUNTY, "prohibited", extent=None)),
        status="prohibited",
        by=COUNTY,
        age=21,
    ),
)

CASES = (*RULE_1, *RULE_4, *RULE_5, *RULE_6)
