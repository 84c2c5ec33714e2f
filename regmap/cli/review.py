"""``regmap review``: the queue of corrections, and deciding on one, in the terminal."""

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from regmap.cli.correction_text import correction_lines, preview_lines, version_lines, wide
from regmap.cli.terminal import (
    FOUND_PROBLEMS,
    console,
    explained,
    open_database,
    open_source,
    present_settings,
    printable,
)
from regmap.domain.errors import Clash, InvalidValue, NotSignedIn

if TYPE_CHECKING:
    from regmap.domain.curators import Curator
    from regmap.services.bundle import Services
    from regmap.services.curation import Preview
    from regmap.services.desk import Desk
    from regmap.services.source import SnapshotSource

TOKEN_VARIABLE = "REGMAP_TOKEN"  # noqa: S105  # the name of the variable, no token
_DECISIONS = {"accept": "accept", "reject": "reject", "ask": "needs_info"}
_SHOWN_OF_MESSAGE = 60
_TRAFFIC_DAYS = 30


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be done with a correction, and who answers for it."""

    action: str | None
    note: str | None
    record: Path | None
    spam: bool
    read: str | None
    name: str | None
    from_stdin: bool


@click.command()
@click.argument("id", metavar="[ID]", required=False)
@click.option("--order", type=click.Choice(["age", "traffic", "doubt"]), help="Of the queue.")
@click.option("--accept", is_flag=True, help="Write what is proposed, or --record, as a revision.")
@click.option("--reject", is_flag=True, help="Change nothing.")
@click.option("--ask", is_flag=True, help="Ask the submitter; --note is the question.")
@click.option("--undo", is_flag=True, help="Take an accepted one back (admins).")
@click.option("--note", metavar="TEXT", help="Why; the public ledger shows it.")
@click.option(
    "--record",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Accept this instead: a record file, or the record alone, as YAML.",
)
@click.option("--spam", is_flag=True, help="With --reject: its texts are never shown.")
@click.option("--read", metavar="ETAG", help="What was read [default: what is shown now].")
@click.option("--as", "name", metavar="NAME", help=f"Curator who decides (or {TOKEN_VARIABLE}).")
@click.option(
    "--password-stdin",
    "from_stdin",
    is_flag=True,
    help="Read the password from the first line of standard input.",
)
@explained
def review(id: str | None, order: str | None, **given: Any) -> None:
    """List the corrections that wait, or show one (ID) with what accepting would do, and decide.

    A decision is made in the name of a curator: with the password, which is asked for, or with an
    API token in REGMAP_TOKEN. In a terminal you are asked what to do. A running server serves what
    was accepted within a second.
    """
    action = _action({name: given.pop(name) for name in (*_DECISIONS, "undo")})
    wish = _Wish(action=action, **given)
    _refuse_wrong_use(id, order, wish)
    database = open_database()
    source = open_source(database)
    desk = _open_desk(database, source)
    if id is None:
        _print_queue(desk, source.current(), order or "age")
        return
    try:
        _review_one(desk, id, wish)
    except Clash as clash:
        click.echo(f"regmap: {clash}; nothing was written", err=True)
        for line in version_lines(clash.versions):
            click.echo(line, err=True)
        sys.exit(FOUND_PROBLEMS)


def _action(flags: Mapping[str, bool]) -> str | None:
    chosen = [name for name, is_set in flags.items() if is_set]
    if len(chosen) > 1:
        raise click.UsageError(f"--{chosen[0]} and --{chosen[1]} do not go together.")
    return chosen[0] if chosen else None


def _refuse_wrong_use(id: str | None, order: str | None, wish: _Wish) -> None:
    if id is None and (wish.action or wish.note or wish.record or wish.read or wish.name):
        raise click.UsageError("Name the correction (ID).")
    if id is not None and order is not None:
        raise click.UsageError("--order goes with the queue, without ID.")
    if wish.action and not (wish.note or "").strip():
        raise click.UsageError("--note is missing: why? The public ledger shows it.")
    if wish.spam and wish.action != "reject":
        raise click.UsageError("--spam goes with --reject.")
    if wish.record and wish.action not in (None, "accept"):
        raise click.UsageError("--record goes with --accept.")
    if wish.action is None and (wish.note or wish.read):
        raise click.UsageError("Say what to do: --accept, --reject, --ask or --undo.")


def _open_desk(database: Any, source: "SnapshotSource[Services]") -> "Desk":
    from regmap.services.desk import open_desk

    # Without the installation's keys all of this works: they make the secrets of submitters, and
    # hide who tried to sign in, which whoever holds the database may know.
    keys = present_settings().secret_keys or (secrets.token_hex(32),)
    return open_desk(database, source, keys)


def _print_queue(desk: "Desk", asked: "Services", order: str) -> None:
    from regmap.domain.corrections import OPEN
    from regmap.services.queue import Order, waiting

    found, _ = desk.corrections.listed(states=OPEN)
    asks = desk.traffic.of_last_days(_TRAFFIC_DAYS)
    items = waiting(found, asked, asks, _now(), Order(order))
    if not items:
        console.print("No correction waits.")
        return
    table = Table("id", "about", "days", "asks", "doubt", "state", "status now", "", box=None)
    for one in items:
        correction = one.correction
        said = " ".join((correction.message or "(a proposal)").split())[:_SHOWN_OF_MESSAGE]
        cells = (
            correction.id,
            f"{correction.jurisdiction} {correction.substance}",
            str(one.days),
            str(one.asks),
            str(one.doubt),
            correction.state,
            one.status,
            printable(said),
        )
        table.add_row(*map(escape, cells))
    wide.print(table)


def _review_one(desk: "Desk", id: str, wish: _Wish) -> None:
    record = _record_of(desk, id, wish.record)
    preview = _shown(desk, id, record)
    if wish.action:
        _carry_out(desk, preview, wish, wish.action, wish.note or "", record)
    elif preview.basis.correction.is_open and _is_terminal():
        _ask_what_to_do(desk, preview, wish, record)


def _shown(desk: "Desk", id: str, record: Mapping[str, Any] | None) -> "Preview":
    preview = desk.curation.preview(id, _now().date(), record)
    correction = preview.basis.correction
    lines = [*correction_lines(correction)]
    if correction.is_open:
        lines += preview_lines(preview)
    else:
        lines.append(f"Read: {preview.basis.etag}")
    for line in lines:
        console.print(line, markup=False)
    return preview


def _ask_what_to_do(
    desk: "Desk", preview: "Preview", wish: _Wish, record: Mapping[str, Any] | None
) -> None:
    choices = click.Choice([*_DECISIONS, "edit", "leave"])
    while True:
        action = click.prompt("What to do", type=choices, default="leave")
        if action == "leave":
            return
        if action != "edit":
            break
        record = _edited(preview) or record
        preview = _shown(desk, preview.basis.correction.id, record)
    note = click.prompt("Why (the public ledger shows it)")
    _carry_out(desk, preview, wish, action, note, record if action == "accept" else None)


def _carry_out(
    desk: "Desk",
    preview: "Preview",
    wish: _Wish,
    action: str,
    note: str,
    record: Mapping[str, Any] | None,
) -> None:
    from regmap.domain.corrections import Decision
    from regmap.services.curation import Ruling

    id = preview.basis.correction.id
    read = wish.read or preview.basis.etag
    by = _curator(desk, wish)
    if action == "undo":
        done = desk.curation.undo(id, note, by=by, read=read, now=_now())
    else:
        ruling = Ruling(Decision(_DECISIONS[action]), note, record, wish.spam)
        now = _now()
        done = desk.curation.decide(id, ruling, by=by, read=read, now=now, today=now.date())
    made = done.events[-1].revision
    with_it = f", as revision {made}" if made else ""
    console.print(f"Correction {id} is {done.state} by {by.name}{with_it}.", markup=False)


def _curator(desk: "Desk", wish: _Wish) -> "Curator":
    """Who decides: by the token in the environment, or by name and password."""
    token = os.environ.get(TOKEN_VARIABLE, "")
    if token and not wish.from_stdin:
        found = desk.curators.by_token(token, _now())
        if found is None:
            raise NotSignedIn(f"{TOKEN_VARIABLE}: this is no token of a curator, or not any more")
        if wish.name not in (None, found.name):
            raise InvalidValue({"--as": [f"the token in {TOKEN_VARIABLE} is that of {found.name}"]})
        return found
    if wish.name is None:
        raise click.UsageError(f"Say who decides: --as NAME, or a token in {TOKEN_VARIABLE}.")
    if wish.from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt(f"Password of {wish.name}", hide_input=True, err=True)
    return desk.curators.sign_in(wish.name, password, "terminal", _now()).curator


def _record_of(desk: "Desk", id: str, file: Path | None) -> Mapping[str, Any] | None:
    """The record in a file for a correction: a record file's form, or the record's own."""
    if file is None:
        return None
    correction = desk.corrections.one(id)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidValue({"--record": [f"{file}: cannot be read: {error}"]}) from None
    return _record_in(text, str(file), correction.jurisdiction, correction.substance)


def _record_in(text: str, name: str, jurisdiction: str, substance: str) -> Mapping[str, Any]:
    from regmap.release import yaml_files

    try:
        value = yaml_files.read(text).value
    except yaml_files.YamlProblem as error:
        raise InvalidValue({"--record": [f"{name}:{error.line}: {error.message}"]}) from None
    if isinstance(value, dict) and isinstance(value.get("records"), dict):
        if value.get("jurisdiction") != jurisdiction:
            raise InvalidValue({"--record": [f"{name}: is not the file of {jurisdiction}"]})
        value = value["records"].get(substance)
    if not isinstance(value, dict):
        raise InvalidValue({"--record": [f"{name}: holds no record of {substance}"]})
    return value


def _edited(preview: "Preview") -> Mapping[str, Any] | None:
    """The record as a curator edits it in their editor; None if they leave it as it is."""
    from regmap.release import yaml_files
    from regmap.schemas.record import record_to_document

    correction = preview.basis.correction
    about = {"jurisdiction": correction.jurisdiction, "substance": correction.substance}
    shown = preview.proposed or preview.basis.present
    document = record_to_document(shown) if shown else {**about, "periods": []}
    text = click.edit(yaml_files.write(document), extension=".yaml")
    return None if text is None else _record_in(text, "the edited record", *about.values())


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _now() -> datetime:
    return datetime.now(UTC)
