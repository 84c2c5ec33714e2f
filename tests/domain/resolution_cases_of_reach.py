"""Rules 2 and 3 as a table: whose law is a layer's law, and which layers are out of the count."""

from regmap.domain.vocabulary import Level, Match
from tests.domain.resolution_case import (
    COUNTRY,
    COUNTY,
    DISTRICT,
    LAWFUL_COUNTRY,
    NATION,
    POSSIBLE_TOWN_BAN,
    PREEMPTING_STATE,
    STATE,
    STATE_AT_21,
    TERRITORY,
    TOWN,
    Case,
    says,
)

RULE_2 = (
    Case(
        title="without a 7-oh period the law of the plant holds for 7-oh",
        says=(says(COUNTRY, "unregulated"), STATE_AT_21),
        substance="7-oh",
        status="regulated",
        by=STATE,
        age=21,
        inherited=(COUNTRY, STATE),
    ),
    Case(
        title="a 7-oh period of its own is what holds, however lenient the plant",
        says=(LAWFUL_COUNTRY, says(STATE, "regulated", 18, seven_oh="prohibited")),
        substance="7-oh",
        status="prohibited",
        by=STATE,
        inherited=(COUNTRY,),
    ),
    Case(
        title="a 7-oh period of its own is what holds, however strict the plant",
        says=(LAWFUL_COUNTRY, says(STATE, "prohibited", seven_oh="regulated", seven_oh_age=25)),
        substance="7-oh",
        status="regulated",
        by=STATE,
        age=25,
        inherited=(COUNTRY,),
    ),
    *(
        Case(
            title=f"where 7-oh is unknown and the plant is {plant}, 7-oh is {plant}",
            says=(says(STATE, plant, seven_oh="unknown"),),
            substance="7-oh",
            status=plant,
            by=STATE,
            inherited=(STATE,),
        )
        for plant in ("prohibited", "sale_prohibited", "controlled")
    ),
    *(
        Case(
            title=f"where 7-oh is unknown and the plant is {plant}, 7-oh stays unknown",
            says=(says(STATE, plant, 21, seven_oh="unknown"),),
            substance="7-oh",
            status="unknown",
            by=STATE,
        )
        for plant in ("regulated", "unregulated", "unknown")
    ),
    Case(
        title="where 7-oh is unknown and the plant has no period, 7-oh stays unknown",
        says=(says(STATE, seven_oh="unknown"),),
        substance="7-oh",
        status="unknown",
        by=STATE,
    ),
    Case(
        title="a plant of unknown status passes its unknown on",
        says=(says(STATE, "unknown"),),
        substance="7-oh",
        status="unknown",
        by=STATE,
        inherited=(STATE,),
    ),
    Case(
        title="each layer falls back for itself",
        says=(
            says(COUNTRY, "unregulated", seven_oh="controlled"),
            says(STATE, "regulated", 21),
            says(TOWN, "prohibited"),
        ),
        substance="7-oh",
        status="prohibited",
        by=TOWN,
        age=21,
        inherited=(STATE, TOWN),
    ),
    Case(
        title="a 7-oh ban says nothing of the plant",
        says=(LAWFUL_COUNTRY, says(STATE, "regulated", 18, seven_oh="prohibited")),
        status="regulated",
        by=STATE,
        age=18,
    ),
    Case(
        title="the plant has nothing to fall back to",
        says=(says(STATE, None, seven_oh="prohibited"),),
        status="unknown",
        by=None,
    ),
)

RULE_3 = (
    Case(
        title="a state that pre-empts takes county and town out of the count",
        says=(
            LAWFUL_COUNTRY,
            PREEMPTING_STATE,
            says(COUNTY, "prohibited"),
            says(TOWN, "prohibited", 25),
        ),
        status="regulated",
        by=STATE,
        age=18,
        preempted=(COUNTY, TOWN),
    ),
    Case(
        title="tribal land is never pre-empted",
        says=(
            LAWFUL_COUNTRY,
            PREEMPTING_STATE,
            says(COUNTY, "prohibited"),
            says(NATION, "sale_prohibited", 21),
        ),
        status="sale_prohibited",
        by=NATION,
        age=21,
        preempted=(COUNTY,),
    ),
    Case(
        title="a country pre-empts counties and places, never its states",
        says=(
            says(COUNTRY, "regulated", 18, preempts=True),
            says(STATE, "prohibited"),
            says(TOWN, "prohibited"),
        ),
        status="prohibited",
        by=STATE,
        age=18,
        preempted=(TOWN,),
    ),
    Case(
        title="preempts_local: false pre-empts nothing",
        says=(says(STATE, "regulated", 18, preempts=False), says(TOWN, "prohibited")),
        status="prohibited",
        by=TOWN,
        age=18,
    ),
    *(
        Case(
            title=f"a {level} cannot pre-empt",
            says=(says(id, "regulated", preempts=True, level=level), says(TOWN, "prohibited")),
            status="prohibited",
            by=TOWN,
        )
        for id, level in (
            (TERRITORY, Level.TERRITORY),
            (DISTRICT, Level.DISTRICT),
            (COUNTY, Level.COUNTY),
            (NATION, Level.TRIBAL),
        )
    ),
    Case(
        title="a possible town that is pre-empted is not even possible to be stricter",
        says=(LAWFUL_COUNTRY, PREEMPTING_STATE, POSSIBLE_TOWN_BAN),
        status="regulated",
        by=STATE,
        age=18,
        possible=(TOWN,),
        preempted=(TOWN,),
    ),
    Case(
        title="a state that is only possible takes no certain layer out of the count",
        says=(
            LAWFUL_COUNTRY,
            says(STATE, "regulated", preempts=True, match=Match.POSSIBLE),
            says(COUNTY, "prohibited"),
        ),
        status="prohibited",
        by=COUNTY,
        possible=(STATE,),
    ),
    Case(
        title="the plant's pre-emption reaches a local 7-oh rule where the state has no other",
        says=(PREEMPTING_STATE, says(TOWN, seven_oh="prohibited")),
        substance="7-oh",
        status="regulated",
        by=STATE,
        age=18,
        inherited=(STATE,),
        preempted=(TOWN,),
    ),
)

CASES = (*RULE_2, *RULE_3)
