"""``regmap curators``: accounts are made here and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from regmap.cli import main
from regmap.domain.errors import NotSignedIn
from regmap.services import curators as service
from regmap.services.curators import Curators
from regmap.store.database import Database
from tests.cli.conftest import Run, assert_explained

PASSWORD, NEW = "correct horse battery", "staple of another kind"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing that takes no time."""
    monkeypatch.setattr(service, "_MEMORY_KIB", 8)
    monkeypatch.setattr(service, "_PASSES", 1)


@pytest.fixture
def known(run: Run, settings: dict[str, str]) -> Curators:
    """The curators of the database that the commands work on."""
    assert run("init").exit_code == 0
    return Curators(Database(settings["REGMAP_DATABASE_URL"]), "k" * 32)


@pytest.fixture
def typed(settings: dict[str, str]) -> Run:
    """Run a command and type lines into it."""

    def invoke(lines: str, *arguments: str) -> Result:
        return CliRunner().invoke(main, ("curators", *arguments), input=lines, env=settings)

    return invoke


def can_sign_in(known: Curators, name: str, password: str) -> bool:
    try:
        known.sign_in(name, password, "192.0.2.1", datetime.now(UTC))
    except NotSignedIn:
        return False
    return True


def test_a_curator_is_added_with_a_password_that_is_typed_twice_and_not_shown(
    typed: Run, known: Curators
) -> None:
    result = typed(f"{PASSWORD}\n{PASSWORD}\n", "add", "ana", "--email", "ana@example.org")

    assert result.exit_code == 0, result.output
    assert result.stdout == "Added: ana (reviewer)\n"
    assert PASSWORD not in result.output
    assert can_sign_in(known, "ana", PASSWORD)
    assert [one.curator.email for one in known.list()] == ["ana@example.org"]


def test_two_passwords_that_differ_are_asked_for_again(typed: Run, known: Curators) -> None:
    lines = f"{PASSWORD}\n{NEW}\n{PASSWORD}\n{PASSWORD}\n"

    assert typed(lines, "add", "ana", "--role", "admin").exit_code == 0
    assert can_sign_in(known, "ana", PASSWORD)


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\nmore\n"])
def test_a_password_can_be_piped_in(typed: Run, known: Curators, end: str) -> None:
    result = typed(f"{PASSWORD}{end}", "add", "ana", "--password-stdin")

    assert result.exit_code == 0, result.output
    assert can_sign_in(known, "ana", PASSWORD)


@pytest.mark.parametrize(
    ("lines", "arguments", "told"),
    [
        (f"{PASSWORD}\n", ("a",), "name: "),
        (f"{PASSWORD}\n", ("ana lopez",), "name: "),
        (f"{PASSWORD}\n", ("ana", "--email", "nobody"), "email: "),
        ("short\n", ("ana",), "password: Must have 12 to 200 characters."),
        ("", ("ana",), "password: "),
    ],
)
def test_what_cannot_be_used_is_named_with_exit_status_2(
    typed: Run, known: Curators, lines: str, arguments: tuple[str, ...], told: str
) -> None:
    assert_explained(typed(lines, "add", *arguments, "--password-stdin"), 2, told)
    assert known.list() == []


def test_a_name_that_is_taken_is_refused(typed: Run, known: Curators) -> None:
    typed(PASSWORD, "add", "ana", "--password-stdin")

    assert_explained(typed(NEW, "add", "ANA", "--password-stdin"), 2, "ana is there already")
    assert can_sign_in(known, "ana", PASSWORD)


def test_there_are_two_roles(typed: Run, known: Curators) -> None:
    assert_explained(typed(PASSWORD, "add", "ana", "--role", "owner"), 2, "'reviewer', 'admin'")


def test_the_list_shows_who_may_and_who_no_longer(typed: Run, known: Curators) -> None:
    assert "no curators" in typed("", "list").stdout
    typed(PASSWORD, "add", "ana", "--email", "ana@example.org", "--password-stdin")
    typed(PASSWORD, "add", "bo", "--role", "admin", "--password-stdin")
    typed("", "remove", "ana", "--yes")

    heads, ana, bo = typed("", "list").stdout.splitlines()

    today = str(datetime.now(UTC).date())
    assert heads.split() == ["name", "role", "e-mail", "added", "removed"]
    assert ana.split() == ["ana", "reviewer", "ana@example.org", today, today]
    assert bo.split() == ["bo", "admin", today]


def test_removing_asks_first(typed: Run, known: Curators) -> None:
    typed(PASSWORD, "add", "ana", "--password-stdin")

    refused = typed("n\n", "remove", "ana")
    assert refused.exit_code == 1
    assert can_sign_in(known, "ana", PASSWORD)

    assert typed("y\n", "remove", "ana").exit_code == 0
    assert not can_sign_in(known, "ana", PASSWORD)
    assert_explained(typed("", "remove", "ana", "--yes"), 2, "name: No curator has the name ana.")


def test_removing_the_last_admin_warns(typed: Run, known: Curators) -> None:
    for name in ("ana", "bo"):
        typed(PASSWORD, "add", name, "--role", "admin", "--password-stdin")

    assert typed("", "remove", "ana", "--yes").stderr == ""
    last = typed("", "remove", "bo", "--yes")

    assert last.exit_code == 0
    assert "no admin is left" in last.stderr


def test_a_token_is_printed_alone_so_that_it_can_be_piped(typed: Run, known: Curators) -> None:
    typed(PASSWORD, "add", "ana", "--password-stdin")

    result = typed("", "token", "ana", "--label", "nightly", "--days", "7")

    found = known.by_token(result.stdout.rstrip("\n"), datetime.now(UTC))
    assert found is not None
    assert found.name == "ana"
    [token] = known.tokens("ana")
    assert (token.label, (token.expires_at - token.made_at).days) == ("nightly", 7)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nobody",), "name: No curator has the name nobody."),
        (("ana", "--days", "0"), "days: "),
        (("ana", "--days", "soon"), "not a valid integer"),
        (("ana", "--label", ""), "label: "),
    ],
)
def test_a_token_that_cannot_be_made_is_explained(
    typed: Run, known: Curators, arguments: tuple[str, ...], told: str
) -> None:
    typed(PASSWORD, "add", "ana", "--password-stdin")

    assert_explained(typed("", "token", *arguments), 2, told)


def test_a_forgotten_password_is_set_anew(typed: Run, known: Curators) -> None:
    typed(PASSWORD, "add", "ana", "--password-stdin")

    assert typed(f"{NEW}\n{NEW}\n", "password", "ana").exit_code == 0

    assert can_sign_in(known, "ana", NEW)
    assert not can_sign_in(known, "ana", PASSWORD)
    assert_explained(typed(NEW, "password", "nobody", "--password-stdin"), 2, "name: ")
    assert_explained(typed("short", "password", "ana", "--password-stdin"), 2, "password: ")


@pytest.mark.parametrize(
    "arguments", [("add", "ana", "--password-stdin"), ("list",), ("token", "ana")]
)
def test_without_a_database_one_is_told_what_to_do(typed: Run, arguments: tuple[str]) -> None:
    assert_explained(typed(PASSWORD, *arguments), 1, "regmap init")
