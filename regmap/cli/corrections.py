"""``regmap corrections …``: look at corrections, and erase who submitted one."""

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from regmap.cli.correction_text import correction_lines, moment, wide
from regmap.cli.terminal import console, explained, open_database, present_settings
from regmap.domain.corrections import State
from regmap.domain.errors import InvalidValue

if TYPE_CHECKING:
    from regmap.services.corrections import Corrections

_LONGEST_OPERATOR = 40


@click.group()
def corrections() -> None:
    """What was submitted: list, show, and forget who submitted it."""


@corrections.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([str(one) for one in State]),
    help="Only those in this state. May be repeated.",
)
@explained
def list_(states: tuple[str, ...]) -> None:
    """List the corrections, the newest first."""
    found, _ = _open().listed(states=[State(one) for one in states] or None)
    if not found:
        console.print("There are no corrections.")
        return
    table = Table("id", "about", "state", "submitted", "decided", "revision", box=None)
    for one in found:
        verdict = one.verdict
        decided = f"{moment(verdict.at)} by {verdict.by}" if verdict else ""
        state = f"{one.state} (spam)" if one.spam else str(one.state)
        cells = (one.id, f"{one.jurisdiction} {one.substance}", state, moment(one.submitted_at))
        table.add_row(*map(escape, (*cells, decided, str(one.revision or ""))))
    wide.print(table)


@corrections.command()
@click.argument("id")
@explained
def show(id: str) -> None:
    """Show everything that is kept of one, the submitter's contact included."""
    for line in correction_lines(_open().one(id)):
        console.print(line, markup=False)


@corrections.command()
@click.argument("id")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--by", metavar="NAME", help="Who does it, for the public ledger [default: unnamed].")
@explained
def forget(id: str, yes: bool, by: str | None) -> None:
    """Erase name and e-mail of who submitted one, for good. The ledger notes that it was done."""
    kept = _open()
    found = kept.one(id)
    operator = _operator(by)
    if not yes:
        about = f"{found.jurisdiction} {found.substance}"
        click.confirm(f"Erase who submitted {id} ({about})?", abort=True, err=True)
    kept.forget(id, by=operator, now=datetime.now(UTC))
    console.print(f"Erased: who submitted {id} (by {operator})", markup=False)


def _operator(name: str | None) -> str:
    """How an operator stands in the ledger; no curator can have such a name.

    Without a name nobody is named: the ledger is public, and names on machines are not for it.
    """
    if name is None:
        return "operator:unnamed"
    if not (name.strip() and name.isprintable() and len(name) <= _LONGEST_OPERATOR):
        wanted = f"must be 1 to {_LONGEST_OPERATOR} characters on one line"
        raise InvalidValue({"--by": [wanted]})
    return f"operator:{name}"


def _open() -> "Corrections":
    from regmap.services.corrections import Corrections

    # Keys only make the secrets of submitters; nothing is submitted here.
    keys = present_settings().secret_keys or (secrets.token_hex(32),)
    return Corrections(open_database(), keys)
