"""``regmap review``: the queue, what accepting would do, and decisions in a curator's name."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from regmap.cli import main
from regmap.domain.corrections import State
from regmap.domain.curators import Role
from tests.cli.conftest import Run, assert_explained
from tests.cli.submitted import PASSWORD, add_curator, correction_in, submit
from tests.served import json_of, make_app

Asked = Callable[..., Result]
WHY = ("--note", "Read in the act.")


@pytest.fixture
def asked(settings: dict[str, str]) -> Asked:
    """Run ``regmap review`` with something on standard input."""

    def invoke(*arguments: str, typed: str = "", **environment: str) -> Result:
        env = {**settings, **environment}
        result = CliRunner().invoke(main, ["review", *arguments], env=env, input=typed)
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            result.exception
        )
        return result

    return invoke


@pytest.fixture
def ban(loaded: Path, settings: dict[str, str]) -> str:
    """A correction that bans kratom in Virginia."""
    return submit(loaded, settings)


@pytest.fixture
def token(loaded: Path) -> str:
    return add_curator(loaded)


def etag_in(result: Result) -> str:
    [line] = [line for line in result.stdout.splitlines() if line.startswith("Read: ")]
    return line.removeprefix("Read: ")


def revisions_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        [count] = connection.execute("SELECT count(*) FROM revisions").fetchone()
    return int(count)


# --- Looking. -----------------------------------------------------------------------------------


def test_an_empty_queue_says_so(run: Run, loaded: Path) -> None:
    assert run("review").stdout == "No correction waits.\n"


def test_the_queue_lists_what_waits(run: Run, loaded: Path, settings: dict[str, str]) -> None:
    message = "[red]It is[/red] banned\u202e there."
    ids = [submit(loaded, settings), submit(loaded, settings, jurisdiction="TH", message=message)]

    lines = run("review").stdout.splitlines()

    assert [line.split()[0] for line in lines] == ["id", *sorted(ids)]
    [thailand] = [line for line in lines if "TH kratom" in line]
    assert "pending" in thailand
    assert "[red]It is[/red] banned\\u202e there." in thailand
    for order in ("traffic", "doubt"):
        assert len(run("review", "--order", order).stdout.splitlines()) == 3


def test_a_correction_is_shown_with_what_accepting_would_do(run: Run, ban: str) -> None:
    result = run("review", ban)

    assert result.exit_code == 0
    for text in (
        f"Correction {ban}: pending",
        "about: US-VA kratom",
        "The act was amended in spring.",
        "https://example.org/act (The act)",
        "bo@example.org",
        '/periods/1/to: now null, then "2026-07-01"',
        "jurisdictions would get another status",
        "ZIP codes another answer",
        "US-VA kratom: regulated from 21 by US-VA",
        "kratom from 2026-07-01 to open: regulated from 21 now, prohibited then",
    ):
        assert text in result.stdout
    assert len(etag_in(result)) == 24


def test_a_message_alone_cannot_be_accepted_as_it_is(
    asked: Asked, loaded: Path, settings: dict[str, str], token: str
) -> None:
    id = submit(loaded, settings, proposed=None)

    assert "accepting takes --record" in asked(id).stdout
    result = asked(id, "--accept", *WHY, REGMAP_TOKEN=token)
    assert result.exit_code == 2
    assert "record: Only a message was sent" in result.stderr


@pytest.mark.parametrize("id", ["nope", "0000000000000000", "../x"])
def test_a_correction_that_does_not_exist_is_told(run: Run, loaded: Path, id: str) -> None:
    assert_explained(run("review", id), 1, "no correction has the id")


# --- Deciding. ----------------------------------------------------------------------------------


def test_accepting_writes_a_revision_that_a_running_server_serves(
    asked: Asked, loaded: Path, settings: dict[str, str], ban: str, token: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("regmap.services.source.CHECK_SECONDS", -1.0)
    client = make_app(loaded, Path(settings["REGMAP_CACHE_DIR"])).test_client()
    before = json_of(client.get("/api/v1/status?jurisdiction=US-VA"))

    result = asked(ban, "--accept", *WHY, "--as", "ana", "--password-stdin", typed=PASSWORD + "\n")

    assert result.exit_code == 0, result.stderr
    decided = correction_in(loaded, ban)
    assert f"is accepted by ana, as revision {decided.revision}." in result.stdout
    verdict = decided.verdict
    assert verdict is not None
    assert (decided.state, verdict.by, verdict.text) == (State.ACCEPTED, "ana", WHY[1])
    after = json_of(client.get("/api/v1/status?jurisdiction=US-VA"))
    assert before["effective"]["status"] == "regulated"
    assert after["effective"]["status"] == "prohibited"


@pytest.mark.parametrize(
    ("options", "state", "spam"),
    [
        (("--reject",), State.REJECTED, False),
        (("--reject", "--spam"), State.REJECTED, True),
        (("--ask",), State.NEEDS_INFO, False),
    ],
)
def test_rejecting_and_asking_write_no_revision(
    asked: Asked, loaded: Path, ban: str, token: str, options: tuple[str, ...], state: State,
    spam: bool,
) -> None:  # fmt: skip
    before = revisions_in(loaded)

    result = asked(ban, *options, *WHY, REGMAP_TOKEN=token)

    assert result.exit_code == 0, result.stderr
    decided = correction_in(loaded, ban)
    assert (decided.state, decided.spam, decided.events[-1].by) == (state, spam, "ana")
    assert revisions_in(loaded) == before


RECORD = """\
periods:
- from: '2023-07-01'
  to: null
  status: regulated
  min_age: 19
  possession: allowed
  sale: restricted
  sources:
  - {title: The act, url: https://example.org/act, kind: statute}
  confidence: high
  extent: whole
evidence_as_of: '2026'
"""
FILE = "jurisdiction: US-VA\nname: Virginia\nlevel: state\nparent: US\nrecords:\n  kratom:\n"


@pytest.mark.parametrize(
    "text",
    [
        RECORD,
        "jurisdiction: US-VA\nsubstance: kratom\n" + RECORD,
        FILE + "".join(f"    {line}\n" for line in RECORD.splitlines()),
    ],
    ids=["the record alone", "with its key", "a record file"],
)
def test_a_record_in_a_file_is_accepted_instead(
    asked: Asked, loaded: Path, tmp_path: Path, ban: str, token: str, text: str
) -> None:
    file = tmp_path / "record.yaml"
    file.write_text(text)

    result = asked(ban, "--accept", *WHY, "--record", str(file), REGMAP_TOKEN=token)

    assert result.exit_code == 0, result.stderr
    accepted = correction_in(loaded, ban).events[-1].proposed
    assert accepted is not None
    assert [(one["from"], one["min_age"]) for one in accepted["periods"]] == [("2023-07-01", 19)]


BAD_RECORDS = {
    "no YAML": ("periods: [", 2, "record.yaml:"),
    "a list": ("- 1\n", 2, "holds no record of kratom"),
    "another jurisdiction": (FILE.replace("US-VA", "US-TX", 1), 2, "is not the file of US-VA"),
    "another substance": (FILE.replace("kratom", "7-oh"), 2, "holds no record of kratom"),
    "another key": ("jurisdiction: US-TX\n" + RECORD, 2, "record.jurisdiction: Must be US-VA"),
    "wrong status": (RECORD.replace("regulated", "legal"), 2, "record.periods.0.status: "),
    "contradiction": (RECORD.replace("restricted", "prohibited"), 2, "record.periods.0.sale: "),
    "not UTF-8": ("periods: \udcff", 2, "cannot be read"),
}


@pytest.mark.parametrize(("text", "status", "said"), BAD_RECORDS.values(), ids=BAD_RECORDS)
def test_a_record_that_cannot_be_used_is_told_with_its_field(
    asked: Asked, loaded: Path, tmp_path: Path, ban: str, token: str, text: str, status: int,
    said: str,
) -> None:  # fmt: skip
    file = tmp_path / "record.yaml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))

    result = asked(ban, "--accept", *WHY, "--record", str(file), REGMAP_TOKEN=token)

    assert result.exit_code == status
    assert said in result.stderr
    assert correction_in(loaded, ban).state is State.PENDING


def test_a_decision_on_what_has_moved_is_a_clash_and_shows_both_versions(
    asked: Asked, loaded: Path, settings: dict[str, str], ban: str, token: str
) -> None:
    other = submit(loaded, settings, proposed={"from": "2026-06-01", "status": "unknown"})
    read = etag_in(asked(ban))
    assert asked(other, "--accept", *WHY, REGMAP_TOKEN=token).exit_code == 0
    before = revisions_in(loaded)

    result = asked(ban, "--accept", *WHY, "--read", read, REGMAP_TOKEN=token)

    assert result.exit_code == 1
    assert "has moved since you read it; nothing was written" in result.stderr
    assert "yours:" in result.stderr
    assert "2026-06-01" in result.stderr
    assert revisions_in(loaded) == before
    assert correction_in(loaded, ban).state is State.PENDING


def test_what_is_settled_is_not_decided_again(asked: Asked, ban: str, token: str) -> None:
    asked(ban, "--reject", *WHY, REGMAP_TOKEN=token)

    result = asked(ban, "--accept", *WHY, REGMAP_TOKEN=token)

    assert (result.exit_code, "it was decided or withdrawn" in result.stderr) == (1, True)


def test_an_admin_takes_an_accepted_one_back_and_a_reviewer_does_not(
    asked: Asked, run: Run, loaded: Path, ban: str, token: str
) -> None:
    admin = add_curator(loaded, "eve", Role.ADMIN)
    asked(ban, "--accept", *WHY, REGMAP_TOKEN=token)

    refused = asked(ban, "--undo", *WHY, REGMAP_TOKEN=token)
    taken = asked(ban, "--undo", *WHY, REGMAP_TOKEN=admin)

    assert (refused.exit_code, "only an admin" in refused.stderr) == (1, True)
    assert taken.exit_code == 0, taken.stderr
    assert correction_in(loaded, ban).state is State.UNDONE
    assert run("verify").exit_code == 0


# --- Who decides. -------------------------------------------------------------------------------


def test_nobody_decides_without_a_name_a_password_or_a_token(
    asked: Asked, loaded: Path, ban: str, token: str
) -> None:
    for arguments, typed, environment, status, said in (
        ((), "", {}, 2, "--as NAME"),
        (("--as", "ana", "--password-stdin"), "wrong\n", {}, 1, "Name or password is wrong"),
        (("--as", "bob", "--password-stdin"), f"{PASSWORD}\n", {}, 1, "Name or password is wrong"),
        ((), "", {"REGMAP_TOKEN": "regmap_" + "x" * 43}, 1, "no token of a curator"),
        (("--as", "bob"), "", {"REGMAP_TOKEN": token}, 2, "is that of ana"),
    ):
        result = asked(ban, "--reject", *WHY, *arguments, typed=typed, **environment)
        assert result.exit_code == status, result.stderr
        assert said in result.stderr
    assert correction_in(loaded, ban).state is State.PENDING


def test_a_removed_curator_decides_nothing(
    asked: Asked, run: Run, loaded: Path, ban: str, token: str
) -> None:
    assert run("curators", "remove", "ana", "--yes").exit_code == 0

    by_token = asked(ban, "--reject", *WHY, REGMAP_TOKEN=token)
    by_password = asked(ban, "--reject", *WHY, "--as", "ana", "--password-stdin", typed=PASSWORD)

    assert (by_token.exit_code, by_password.exit_code) == (1, 1)
    assert correction_in(loaded, ban).state is State.PENDING


def test_nobody_decides_what_they_submitted(asked: Asked, loaded: Path, ban: str) -> None:
    own = add_curator(loaded, "bo", email="BO@example.org")

    result = asked(ban, "--accept", *WHY, REGMAP_TOKEN=own)

    assert (result.exit_code, "they submitted" in result.stderr) == (1, True)


# --- In a terminal. -----------------------------------------------------------------------------


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["regmap.cli.review"]  # the command has its name, beside it
    monkeypatch.setattr(module, "_is_terminal", lambda: True)


@pytest.mark.usefixtures("terminal")
def test_in_a_terminal_one_is_asked_what_to_do_after_the_impact(
    asked: Asked, loaded: Path, ban: str, token: str
) -> None:
    result = asked(ban, "--as", "ana", typed=f"ask\nWhich section?\n{PASSWORD}\n")

    assert result.exit_code == 0, result.stderr
    shown = result.stdout
    assert shown.index("ZIP codes another answer") < shown.index("What to do")
    assert PASSWORD not in result.output
    asked_last = correction_in(loaded, ban).events[-1]
    assert (asked_last.by, asked_last.text) == ("ana", "Which section?")


@pytest.mark.usefixtures("terminal")
def test_leaving_changes_nothing(asked: Asked, loaded: Path, ban: str) -> None:
    assert asked(ban, typed="\n").exit_code == 0
    assert correction_in(loaded, ban).version == 1


@pytest.mark.usefixtures("terminal")
def test_the_record_can_be_edited_before_it_is_accepted(
    asked: Asked, loaded: Path, ban: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def editor(text: str, extension: str) -> str:
        assert extension == ".yaml"
        return text.replace("from: '2026-07-01'", "from: '2026-09-01'").replace(
            "from: 2026-07-01", "from: 2026-09-01"
        ).replace("to: 2026-07-01", "to: 2026-09-01")  # fmt: skip

    monkeypatch.setattr("click.edit", editor)
    result = asked(ban, typed="edit\naccept\nFrom September on.\n", REGMAP_TOKEN=token)

    assert result.exit_code == 0, result.stderr
    accepted = correction_in(loaded, ban).events[-1].proposed
    assert accepted is not None
    assert accepted["periods"][-1]["from"] == "2026-09-01"


# --- Wrong use. ---------------------------------------------------------------------------------

WRONG = [
    ("--accept",),
    ("--as", "ana"),
    ("x", "--accept"),
    ("x", "--accept", "--note", " "),
    ("x", "--accept", "--reject", *WHY),
    ("x", "--accept", "--spam", *WHY),
    ("x", "--reject", "--record", "/no/such.yaml", *WHY),
    ("x", "--undo", "--record", __file__, *WHY),
    ("x", "--order", "age"),
    ("x", *WHY),
    ("--order", "size"),
]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_use_is_exit_status_2_and_shows_the_usage(
    asked: Asked, arguments: tuple[str, ...]
) -> None:
    assert_explained(asked(*arguments), 2, "Usage:")
