"""``regmap corrections``: look at what was submitted, and erase who submitted it."""

from __future__ import annotations

from pathlib import Path

import pytest

from regmap.domain.corrections import EventKind
from tests.cli.conftest import Run, assert_explained
from tests.cli.submitted import add_curator, correction_in, submit

CONTACT = ("Bo Smith", "bo@example.org")


def test_without_corrections_the_list_says_so(run: Run, loaded: Path) -> None:
    assert run("corrections", "list").stdout == "There are no corrections.\n"


def test_corrections_are_listed_by_state(run: Run, loaded: Path, settings: dict[str, str]) -> None:
    settings["REGMAP_TOKEN"] = add_curator(loaded)
    first = submit(loaded, settings)
    second = submit(loaded, settings, jurisdiction="TH")
    assert run("review", first, "--reject", "--note", "No.").exit_code == 0

    def ids(*options: str) -> set[str]:
        lines = run("corrections", "list", *options).stdout.splitlines()[1:]
        return {line.split()[0] for line in lines}

    assert ids() == {first, second}
    assert ids("--state", "pending") == {second}
    assert ids("--state", "rejected", "--state", "pending") == {first, second}
    assert "by ana" in run("corrections", "list", "--state", "rejected").stdout
    assert run("corrections", "list", "--state", "accepted").stdout == "There are no corrections.\n"
    assert_explained(run("corrections", "list", "--state", "lost"), 2, "Usage:")


def test_one_is_shown_with_everything_that_was_said(
    run: Run, loaded: Path, settings: dict[str, str]
) -> None:
    settings["REGMAP_TOKEN"] = add_curator(loaded)
    id = submit(loaded, settings)
    run("review", id, "--ask", "--note", "Which section?")

    told = run("corrections", "show", id).stdout

    for text in (*CONTACT, "The act was amended in spring.", "Which section?", "by ana"):
        assert text in told


def test_forgetting_erases_the_contact_from_the_file_and_says_who_did_it(
    run: Run, loaded: Path, settings: dict[str, str]
) -> None:
    id = submit(loaded, settings)

    result = run("corrections", "forget", id, "--yes", "--by", "maria")

    assert result.stdout == f"Erased: who submitted {id} (by operator:maria)\n"
    found = correction_in(loaded, id)
    assert found.contact is None
    last = found.events[-1]
    assert (last.kind, last.by) == (EventKind.FORGOTTEN, "operator:maria")
    for file in loaded.parent.glob(f"{loaded.name}*"):
        assert not any(part.encode() in file.read_bytes() for part in CONTACT)
    assert run("verify").exit_code == 0


def test_forgetting_names_nobody_in_the_ledger_unless_asked_to(
    run: Run, loaded: Path, settings: dict[str, str]
) -> None:
    id = submit(loaded, settings)

    run("corrections", "forget", id, "--yes")

    assert correction_in(loaded, id).events[-1].by == "operator:unnamed"


def test_nothing_is_forgotten_without_a_yes(
    run: Run, loaded: Path, settings: dict[str, str]
) -> None:
    id = submit(loaded, settings)

    result = run("corrections", "forget", id)

    assert result.exit_code == 1
    assert correction_in(loaded, id).contact is not None


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "a\nb", "a\x1b[2J"])
def test_a_name_that_cannot_stand_in_the_ledger_is_refused(
    run: Run, loaded: Path, settings: dict[str, str], name: str
) -> None:
    id = submit(loaded, settings)

    assert_explained(run("corrections", "forget", id, "--yes", "--by", name), 2, "--by")
    assert correction_in(loaded, id).contact is not None


@pytest.mark.parametrize("command", [("show",), ("forget", "--yes")])
def test_a_correction_that_does_not_exist_is_told(
    run: Run, loaded: Path, command: tuple[str, ...]
) -> None:
    assert_explained(run("corrections", *command, "nope"), 1, "no correction has the id 'nope'")


def test_without_a_database_one_is_told_what_to_do(run: Run) -> None:
    assert_explained(run("corrections", "list"), 1, "regmap init")
