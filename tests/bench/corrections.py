"""Corrections under load: a crowd of submitters, a long queue, impacts, decisions, dead workers."""

import os
import re
import shutil
import sqlite3
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from regmap.domain.corrections import CitedSource, Correction, Event, EventKind, State
from regmap.settings import Settings
from regmap.store import corrections as kept
from regmap.store.database import Database
from tests.bench.promise import Promise, at_most
from tests.bench.servers import regmap, serving
from tests.e2e.crashing import write_under_kills
from tests.e2e.submitters import (
    CORRECTIONS,
    CURATOR,
    PASSWORD,
    Answer,
    a_submission,
    call,
    curators_token,
    half_applied,
    stored_in,
    submit_at_once,
)
from tests.served import url_of

_CROWD = range(200)
_PENDING = 1_000
_WRITES_UNDER_KILLS = 500
_LOOKS = 9
_DECISIONS = 5
_WATCHED_SECONDS = 2.0
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def measure_corrections() -> Iterator[Promise]:
    """Measure each on a copy of the loaded database, with two workers."""
    with _copy() as database, serving(regmap(workers=2)) as server:
        answers = submit_at_once(server.url, _CROWD)
        yield from _crowd(answers, database)
    with _copy() as database:
        token = curators_token(database)
        _fill(database)
        with serving(regmap(workers=2)) as server:
            yield _queue(server.url)
            yield from _impacts(server.url, token)
            yield _decisions(server.url, token)
    with _copy() as database:
        token = curators_token(database)
        with serving(regmap(workers=2)) as server:
            course = write_under_kills(
                server.url, server.process.pid, token, _WRITES_UNDER_KILLS, kills=1, seed=7
            )
        lost = {*course.taken.values()} - stored_in(database).keys()
        what = f"{_WRITES_UNDER_KILLS} writes with {course.kills} kills of workers"
        yield at_most(f"{what}: lost", len(lost), 0)
        yield at_most(f"{what}: half applied", len([*half_applied(database)]), 0)


@contextmanager
def _copy() -> Iterator[Path]:
    """A copy of the loaded database, which servers use meanwhile."""
    variable = "REGMAP_DATABASE_URL"
    loaded = os.environ[variable]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "regmap.sqlite"
        database = Database(Settings.from_environment(os.environ).database_url)
        database.scrub()  # what the log still holds comes into the file
        shutil.copy(database.file, copy)
        database.close()
        os.environ[variable] = url_of(copy)
        try:
            yield copy
        finally:
            os.environ[variable] = loaded


def _crowd(answers: dict[int, Answer | Exception], database: Path) -> Iterator[Promise]:
    taken = [one for one in answers.values() if isinstance(one, Answer) and one.status == 201]
    what = f"{len(_CROWD)} submitters at once on two workers"
    if len(taken) > 1:
        p95 = quantiles([one.took_ms for one in taken], n=20)[-1]
        yield at_most(f"{what}: 95th percentile", p95, 1_000, " ms")
    yield at_most(f"{what}: errors", len(answers) - len(taken), 0)
    lost = {one.body["id"] for one in taken} - stored_in(database).keys()
    yield at_most(f"{what}: lost", len(lost), 0)


def _fill(database: Path) -> None:
    """Corrections that wait: of every jurisdiction with a record, some with a proposal."""
    now = datetime.now(UTC)
    with closing(sqlite3.connect(database)) as connection:
        places = connection.execute(
            "SELECT DISTINCT jurisdiction FROM revisions WHERE substance = 'kratom' ORDER BY 1"
        ).fetchall()
    opened = Database(url_of(database))
    with opened.writing() as writing:
        for number in range(_PENDING):
            submitted = now - timedelta(hours=number)
            said = a_submission(number)
            event = Event(
                1,
                submitted,
                EventKind.SUBMITTED,
                text=said["message"],
                proposed={"status": "prohibited", "from": "2024"} if number % 2 else None,
                sources=(CitedSource(said["sources"][0]["url"]),),
            )
            waiting = Correction(
                id=f"{number:016x}",
                jurisdiction=places[number % len(places)][0],
                substance="kratom",
                state=State.PENDING,
                version=1,
                submitted_at=submitted,
                changed_at=submitted,
                decided_at=None,
                spam=False,
                base_revision=1,
                revision=None,
                submitted_by=None,
                contact=None,
                events=(event,),
            )
            kept.put(writing, waiting, kept.Proofs("", None, ""))
    opened.close()


def _queue(url: str) -> Promise:
    """The page of the queue, signed in as a curator is: through the form."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    form = _TOKEN.search(browser.open(f"{url}/sign-in").read().decode())
    given = {"name": CURATOR, "password": PASSWORD, "csrf_token": form[1] if form else ""}
    browser.open(f"{url}/sign-in", urllib.parse.urlencode(given).encode()).read()
    took = []
    for _ in range(_LOOKS):
        started = time.perf_counter()
        with browser.open(f"{url}/review") as answer:
            text = answer.read().decode()
        took.append((time.perf_counter() - started) * 1_000)
        if f"{_PENDING:,}" not in text and str(_PENDING) not in text:
            raise RuntimeError("bench: /review does not tell of all that waits")
    return at_most(f"/review with {_PENDING:,} pending", median(took), 300, " ms")


def _impacts(url: str, token: str) -> Iterator[Promise]:
    """What accepting would change, for a state and for the country."""
    for place, bound in (("US-VA", 300), ("US", 3_000)):
        said = {**a_submission(0), "jurisdiction": place}
        id = call(url, "POST", CORRECTIONS, said).body["id"]
        path = f"{CORRECTIONS}/{id}/impact"
        bearer = {"Authorization": f"Bearer {token}"}
        record = _record(place, "prohibited")
        took = [
            _good(call(url, "POST", path, {"record": record}, bearer)).took_ms
            for _ in range(_LOOKS)
        ]
        yield at_most(
            f"impact of {place} (the first {max(took):,.0f} ms)", median(took), bound, " ms"
        )


def _record(place: str, status: str, note: str | None = None) -> dict[str, Any]:
    period: dict[str, Any] = {
        "from": "2020",
        "to": None,
        "status": status,
        "possession": "unknown",
        "sale": "unknown",
        "sources": [],
        "confidence": "high",
        "extent": "whole",
    }
    return {
        "jurisdiction": place,
        "substance": "kratom",
        "periods": [period],
        "evidence_as_of": "2026",
        "note": note,
    }


def _decisions(url: str, token: str) -> Promise:
    """From a decision's answer to the last answer of any worker that did not know of it."""
    bearer = {"Authorization": f"Bearer {token}"}
    late = []
    for number in range(_DECISIONS):
        id = call(url, "POST", CORRECTIONS, a_submission(number)).body["id"]
        impact = _good(call(url, "GET", f"{CORRECTIONS}/{id}/impact", None, bearer))
        record = _record("US-VA", "prohibited", note=f"Decided {id}.")
        headers = {**bearer, "If-Match": impact.headers["etag"]}
        body = {"decision": "accept", "note": "The act says so.", "record": record}
        decided = _good(call(url, "POST", f"{CORRECTIONS}/{id}/decision", body, headers))
        late.append(_last_stale(url, decided.body["revision"]))
    return at_most("from a decision until every worker serves it", max(late), 1_000, " ms")


def _last_stale(url: str, revision: int) -> float:
    """The ms after which no new connection was answered from an older revision."""
    started = time.perf_counter()
    last = 0.0
    while (passed := time.perf_counter() - started) < _WATCHED_SECONDS:
        answer = _good(call(url, "GET", "/api/v1/status?jurisdiction=US-VA"))
        if int(answer.body["data_version"].split("-")[0]) < revision:
            last = passed
    return last * 1_000


def _good(answer: Answer) -> Answer:
    if answer.status != 200:
        raise RuntimeError(f"bench: {answer}")
    return answer
