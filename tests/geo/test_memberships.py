"""Sets of members by spot."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from regmap.geo.memberships import Memberships


@given(st.lists(st.sets(st.integers(0, 19)), max_size=8))
def test_each_spot_has_the_members_that_were_added_for_it(added: list[set[int]]) -> None:
    held: Memberships[str] = Memberships(20)
    for member, spots in enumerate(added):
        held.add(np.array(sorted(spots), dtype=int), str(member))

    for spot in range(20):
        expected = tuple(str(member) for member, spots in enumerate(added) if spot in spots)
        assert held.members[held.sets[spot]] == expected


def test_spots_of_one_set_share_it() -> None:
    held: Memberships[str] = Memberships(4)
    held.add(np.array([0, 1, 3]), "a")
    held.add(np.array([0, 3]), "b")

    assert held.sets[0] == held.sets[3]
    assert len({*held.sets.tolist()}) == 3


def test_a_spot_without_members_has_the_empty_set() -> None:
    held: Memberships[str] = Memberships(1)
    held.add(np.array([], dtype=int), "a")

    assert held.members[held.sets[0]] == ()


@given(st.lists(st.lists(st.integers(-1, 3), min_size=6, max_size=6), max_size=4))
def test_members_of_several_layers_add_up(layers: list[list[int]]) -> None:
    held: Memberships[str] = Memberships(6)
    for layer, held_by in enumerate(layers):
        held.add_each(np.array(held_by), [f"{layer}{member}" for member in range(4)])

    for spot in range(6):
        expected = [f"{layer}{one[spot]}" for layer, one in enumerate(layers) if one[spot] >= 0]
        assert list(held.members[held.sets[spot]]) == expected
