"""Which sets of overlapping areas hold many spots: each set that occurs is kept once."""

from collections.abc import Hashable, Sequence
from typing import Any, Generic, TypeVar

import numpy as np

Array = np.ndarray[Any, Any]
Member = TypeVar("Member", bound=Hashable)


class Memberships(Generic[Member]):
    """The members that hold each of ``count`` spots.

    ``sets``: (count,) for each spot the place of its set in ``members``; each of those lists the
    members in the order they were added. The empty set comes first.
    """

    def __init__(self, count: int) -> None:
        self.sets = np.zeros(count, dtype=np.int64)
        self.members: list[tuple[Member, ...]] = [()]

    def add(self, spots: Array, member: Member) -> None:
        """Say that a member holds some spots (their numbers, each once)."""
        if not len(spots):
            return
        before, which = np.unique(self.sets[spots], return_inverse=True)
        self.sets[spots] = len(self.members) + which
        self.members += [(*self.members[one], member) for one in before.tolist()]

    def add_each(self, held_by: Array, members: Sequence[Member]) -> None:
        """Say for every spot which one of some members holds it.

        :param held_by: (count,) places in ``members``; -1 for none.
        """
        spots = np.flatnonzero(held_by >= 0)
        if not len(spots):
            return
        pairs = self.sets[spots] * len(members) + held_by[spots]
        distinct, which = np.unique(pairs, return_inverse=True)
        self.sets[spots] = len(self.members) + which
        self.members += [
            (*self.members[pair // len(members)], members[pair % len(members)])
            for pair in distinct.tolist()
        ]
