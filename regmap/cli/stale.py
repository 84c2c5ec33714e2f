"""``regmap stale``: the records whose evidence is old."""

import json
from typing import TYPE_CHECKING, Any

import click

from regmap.cli.terminal import console, explained, present_settings

if TYPE_CHECKING:
    from regmap.services.recheck import Doubtful


@click.command()
@click.option(
    "--days",
    type=click.IntRange(0, 100_000),
    required=True,
    help="How many days old evidence may be.",
)
@click.option("--substance", metavar="CODE", help="Only the records on this substance.")
@click.option("--json", "as_json", is_flag=True, help="As JSON: a list of objects.")
@explained
def stale(days: int, substance: str | None, as_json: bool) -> None:
    """List the records whose evidence is more than N days old, or of unknown date.

    The most worth checking come first: by doubt, age, pending bills, and how often they are asked
    for.
    """
    found = _found(days, substance)
    if as_json:
        click.echo(json.dumps([_document(one) for one in found], ensure_ascii=False, indent=1))
        return
    for one in found:
        console.print(_line(one), markup=False)
        for reason in one.reasons:
            console.print(f"    ! {reason}", markup=False)
        for bill in one.bills:
            console.print(f"    pending: {bill.title} ({bill.stage})", markup=False)
    plural = "record has" if len(found) == 1 else "records have"
    console.print(f"{len(found)} {plural} evidence of more than {days} days, or of unknown date.")


def _found(days: int, substance: str | None) -> "list[Doubtful]":
    from regmap.domain.errors import InvalidValue
    from regmap.http.context import today
    from regmap.services.bundle import open_services
    from regmap.services.recheck import Recheck, asks_in
    from regmap.services.traffic import Traffic
    from regmap.store.database import Database

    chosen = present_settings()
    database = Database(chosen.database_url)
    asked = open_services(
        database, chosen.data_dir, chosen.cache_dir, today, chosen.boundaries_dir
    ).current()
    substances = asked.snapshot.substances
    if substance is not None and substance not in substances:
        raise InvalidValue({"--substance": [f"must be one of {', '.join(substances)}"]})
    queue = Recheck(asked, asks_in(Traffic(database)))
    return queue.listed(today(), substance=substance, older_than=days)


def _line(one: "Doubtful") -> str:
    known = one.age_days is not None
    age = f"{one.age_days} days ({one.evidence_as_of})" if known else "date not known"
    asks = f", asked for {one.asks} times" if one.asks else ""
    name = f"{one.jurisdiction.id} {one.substance}"
    return f"{name:<40} {age}, doubt {one.doubt}{asks}: {one.jurisdiction.name}"


def _document(one: "Doubtful") -> dict[str, Any]:
    return {
        "jurisdiction": one.jurisdiction.id,
        "name": one.jurisdiction.name,
        "substance": one.substance,
        "status": one.status,
        "doubt": one.doubt,
        "reasons": list(one.reasons),
        "evidence_as_of": str(one.evidence_as_of) if one.evidence_as_of else None,
        "age_days": one.age_days,
        "bills": [{"title": bill.title, "stage": bill.stage} for bill in one.bills],
        "asks": one.asks,
        "score": round(one.score, 2),
    }
