"""From what the ZIP sources call a county to the id that our boundaries give it."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from regmap.domain.errors import DataProblem
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.vocabulary import Level
from regmap.places.build.settlement import FREELY_ASSOCIATED, RENAMED, RENUMBERED


class Counties:
    """The counties of our boundaries, found by GEOID, and by postal state and name.

    A state without counties there (the District of Columbia, Guam) stands for its own.

    :param jurisdictions: all that the boundaries bring.
    """

    def __init__(self, jurisdictions: Iterable[Jurisdiction]) -> None:
        self._by_geoid: dict[str, str] = {}
        self._by_name: dict[tuple[str, str], str] = {}
        self._in_state: dict[str, list[str]] = defaultdict(list)
        self._states: dict[str, str] = dict(FREELY_ASSOCIATED)
        for one in jurisdictions:
            if one.level is Level.COUNTY and one.parent is not None and one.codes.geoid:
                self._by_geoid[one.codes.geoid] = one.id
                self._by_name[one.parent.removeprefix("US-"), _squeezed(one.name)] = one.id
                self._in_state[one.parent].append(one.id)
            elif one.parent == "US" and one.codes.fips:
                self._states[one.codes.fips] = self._states[one.id.removeprefix("US-")] = one.id
        self._areas = frozenset(id for code in self._states for id in self.all_in(code))

    def __contains__(self, area_id: object) -> bool:
        """Whether an area is one that a ZIP can be in."""
        return area_id in self._areas

    def state(self, code: str) -> str | None:
        """The id of a state by its postal abbreviation or FIPS code."""
        return self._states.get(code)

    def all_in(self, code: str) -> tuple[str, ...]:
        """Every county of a state, or the state itself where it has none.

        :raises DataProblem: for an unknown code.
        """
        state = self.state(code)
        if state is None:
            raise DataProblem(f"no state has the code {code!r}")
        return tuple(self._in_state.get(state, ())) or (state,)

    def by_geoid(self, geoid: str) -> tuple[str, ...]:
        """The ids of the areas that have the land of a county, most often one.

        ``00060`` and the like name a whole state by its FIPS code.

        :raises DataProblem: if the boundaries have nothing for it.
        """
        if geoid in self._by_geoid:
            return (self._by_geoid[geoid],)
        if geoid in RENUMBERED:
            return tuple(self._by_geoid[one] for one in RENUMBERED[geoid])
        state = geoid[3:] if geoid.startswith("000") else geoid[:2]
        areas = self.all_in(state) if state in self._states else ()
        if not areas or (len(areas) > 1 and not geoid.startswith("000")):
            raise DataProblem(f"the boundaries have no county for GEOID {geoid}")
        return areas

    def by_name(self, postal: str, name: str) -> tuple[str, ...]:
        """The ids of the areas that have the land of a county named in one state's ZIP.

        :raises DataProblem: if the boundaries have nothing for it.
        """
        if (postal, name) in RENAMED:
            return tuple(self._by_geoid[geoid] for geoid in RENAMED[postal, name])
        for written in (name, f"{name} Municipio"):  # the kind is left out now and then
            found = self._by_name.get((postal, _squeezed(written)))
            if found is not None:
                return (found,)
        areas = self.all_in(postal)
        if len(areas) == 1 and areas[0] == self.state(postal):
            return areas
        raise DataProblem(f"the boundaries have no county {name!r} in {postal}")


def _squeezed(name: str) -> str:
    """``St. Mary's County`` → ``stmaryscounty``: sources differ in case, accents and spaces."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "", plain.lower())
