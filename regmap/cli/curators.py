"""``regmap curators …``: who may decide on corrections."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from regmap.cli.terminal import console, explained, present_settings

if TYPE_CHECKING:
    from regmap.services.curators import Curators

# As wide as what it says, whatever the terminal: nothing in it is cut off.
_wide = Console(highlight=False, width=1000)


@click.group()
def curators() -> None:
    """Who may decide on corrections: add, list, remove, tokens, passwords."""


def _password_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--password-stdin",
        "from_stdin",
        is_flag=True,
        help="Read the password from the first line of standard input.",
    )(command)


@curators.command()
@click.argument("name")
@click.option(
    "--role", type=click.Choice(["reviewer", "admin"]), default="reviewer", show_default=True
)
@click.option(
    "--email", help="For curators alone; nobody decides what came from their own address."
)
@_password_option
@explained
def add(name: str, role: str, email: str | None, from_stdin: bool) -> None:
    """Let NAME in, or back in. The password is asked for, without echo.

    NAME stands beside every decision, for everybody to see.
    """
    from regmap.domain.curators import Role, check_email, check_name

    check_name(name)
    if email is not None:
        check_email(email)
    known = _open()
    added = known.add(name, Role(role), _password(from_stdin), _now(), email)
    console.print(f"Added: {added.name} ({added.role})", markup=False)


@curators.command("list")
@explained
def list_() -> None:
    """List the curators, removed ones too."""
    found = _open().list()
    if not found:
        console.print("There are no curators; `regmap curators add NAME` adds one.", markup=False)
        return
    table = Table("name", "role", "e-mail", "added", "removed", box=None)
    for one in found:
        removed = str(one.removed_at.date()) if one.removed_at else ""
        cells = (one.curator.name, one.curator.role, one.curator.email or "")
        table.add_row(*map(escape, cells), str(one.added_at.date()), removed)
    _wide.print(table)


@curators.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@explained
def remove(name: str, yes: bool) -> None:
    """Let NAME in no more: sessions end and tokens are revoked; decisions stay attributed."""
    from regmap.domain.curators import Role

    known = _open()
    if not yes:
        click.confirm(f"Remove {name}?", abort=True, err=True)
    known.remove(name, _now())
    console.print(f"Removed: {name}", markup=False)
    if not any(one.curator.role is Role.ADMIN and not one.removed_at for one in known.list()):
        click.echo("regmap: no admin is left: nobody can undo or forget", err=True)


@curators.command()
@click.argument("name")
@click.option("--label", default="command line", show_default=True, help="What it is for.")
@click.option("--days", type=int, default=365, show_default=True, help="How long it holds.")
@explained
def token(name: str, label: str, days: int) -> None:
    """Make a token of NAME for the API and print it. It is not shown again."""
    click.echo(_open().make_token(name, label, _now(), days))


@curators.command()
@click.argument("name")
@_password_option
@explained
def password(name: str, from_stdin: bool) -> None:
    """Set a new password for NAME; all sessions of NAME end."""
    known = _open()
    known.set_password(name, _password(from_stdin))
    console.print(f"Changed: {name}", markup=False)


def _open() -> "Curators":
    from regmap.services.curators import Curators
    from regmap.store.database import Database

    settings = present_settings()
    database = Database(settings.database_url)
    database.check()
    # nothing is counted here, so no key is needed
    return Curators(database, "")


def _password(from_stdin: bool) -> str:
    """The password, as it is typed (twice, without echo) or piped in."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return asked


def _now() -> datetime:
    return datetime.now(UTC)
