"""Two nodes on one PostgreSQL: what is decided on one is the law on the other."""

from __future__ import annotations

from tests.e2e.crashing import accept, submit
from tests.e2e.process import serving
from tests.e2e.submitters import call, curators_token
from tests.faults.asking import wait_until_served
from tests.faults.conftest import SettingsOf

DECISIONS = 4
TOLD_SECONDS = 3
"""A node that is told knows at once; one that only asks would know after five seconds. That it is
less than one second is measured by ``make bench``."""


def test_what_is_accepted_on_one_node_is_served_by_the_other(
    served_database: str, node_on: SettingsOf
) -> None:
    token = curators_token(served_database)
    with serving(node_on(served_database)) as one, serving(node_on(served_database)) as other:
        for number in range(DECISIONS):
            id = submit(one.address, number, seed=1)
            revision = accept(one.address, id, token)

            wait_until_served(other.address, revision, TOLD_SECONDS)
            told = call(other.address, "GET", "/api/v1/jurisdictions/US-VA/history").body
            assert id in str(told)
