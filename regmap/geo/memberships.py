"""Which sets of overlapping areas hold many spots: each set that occurs is kept once."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


class Memberships:
    """The members that hold each of ``count`` spots.

    ``sets``: (count,) for each spot the place of its set in ``members``; each of those lists the
    members in the order they were added. The empty set comes first.
    """

    def __init__(self, count: int) -> None:
        self.sets = np.zeros(count, dtype=np.int32)
        self.members: list[tuple[str, ...]] = [()]

    def add(self, spots: Array, member: str) -> None:
        """Say that a member holds some spots (their numbers, each once)."""
        if not len(spots):
            return
        before, which = np.unique(self.sets[spots], return_inverse=True)
        self.sets[spots] = len(self.members) + which
        self.members += [(*self.members[one], member) for one in before.tolist()]
