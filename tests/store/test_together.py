"""Many processes write at once: the chain stays whole, and nothing is lost."""

from __future__ import annotations

import multiprocessing

from regmap.store import revisions
from regmap.store.database import Database
from tests.store.edits import HOUR, NOON, an_edit
from tests.stored import url_of_store

PROCESSES, EACH = 8, 6


def _write(url: str, number: int) -> None:
    database = Database(url)
    for turn in range(EACH):
        with database.writing() as connection:
            edit = an_edit((f"US-P{number}", "kratom"), {"note": f"turn {turn}"})
            revisions.append(connection, [edit], NOON + turn * HOUR)
    database.close()


def test_processes_that_write_at_once_make_one_whole_chain(database: Database) -> None:
    context = multiprocessing.get_context("fork")
    own = [(url_of_store(database), number) for number in range(PROCESSES)]
    writers = [context.Process(target=_write, args=one) for one in own]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert [writer.exitcode for writer in writers] == [0] * PROCESSES
    with database.reading() as connection:
        assert revisions.latest(connection)[0] == PROCESSES * EACH
        assert revisions.broken_link(connection) is None
        for number in range(PROCESSES):
            own_log = revisions.of_subject(connection, (f"US-P{number}", "kratom"), 10**6)
            notes = [one.document["note"] for one in own_log if one.document]
            assert notes == [f"turn {turn}" for turn in range(EACH)]
