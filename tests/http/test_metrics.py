"""``/metrics`` counts what was answered, and measures what is served."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from regmap.domain.corrections import State
from regmap.domain.dates import PartialDate
from regmap.domain.errors import DataProblem
from regmap.http import metrics as module
from regmap.http.metrics import BUCKETS, Metrics
from regmap.http.state_metrics import StateMetrics
from tests.served import assert_problem, copied_database, make_app, shared_folder

TOKEN = "the token of the metrics"
TODAY = date(2026, 11, 23)
POINT = "/api/v1/status?lat=39.5&lon=-98.35"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(text: str) -> Samples:
    """Every value of an exposition, by name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((name, frozenset(labels.items())))


@pytest.fixture(scope="module")
def client(
    tmp_path_factory: pytest.TempPathFactory,
) -> FlaskClient:
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("metrics"))
    return make_app(database, shared_folder(tmp_path_factory) / "cache").test_client()


def asked(client: FlaskClient) -> Samples:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.mimetype == "text/plain"
    assert response.headers["Cache-Control"] == "no-store"
    return read(response.get_data(as_text=True))


# --- Requests. ----------------------------------------------------------------------------------


def requests(found: Samples, route: str, method: str = "GET", status: str = "2xx") -> float:
    return value(found, "regmap_requests_total", route=route, method=method, status=status) or 0.0


def test_requests_are_counted_by_route_method_and_kind_of_status(client: FlaskClient) -> None:
    before = asked(client)

    client.get(POINT)
    client.get(POINT, headers={"Accept-Encoding": "gzip"})  # the full way
    client.get("/api/v1/status?lat=x")
    client.get("/api/v1/jurisdictions/US-TN")
    client.get("/api/v1/jurisdictions/US-AL")
    client.post("/api/v1/verdicts", json={})
    after = asked(client)

    expected = {
        ("/api/v1/status", "GET", "2xx"): 2,
        ("/api/v1/status", "GET", "4xx"): 1,
        ("/api/v1/jurisdictions/<string:jurisdiction_id>", "GET", "2xx"): 2,
        ("/api/v1/verdicts", "POST", "4xx"): 1,
    }
    for key, number in expected.items():
        assert requests(after, *key) - requests(before, *key) == number, key
    timed = [
        value(found, "regmap_request_seconds_count", route="/api/v1/status") or 0.0
        for found in (before, after)
    ]
    assert timed[1] - timed[0] == 3


def test_what_strangers_make_up_makes_no_new_series(client: FlaskClient) -> None:
    client.get("/nowhere/0")
    client.open("/nowhere/0", method="BREW")
    before = asked(client)

    for number in range(50):
        client.get(f"/nowhere/{number}?x={number}")
        client.get(f"/api/v1/{number}")
        client.open(f"/nowhere/{number}", method=f"BREW{number}")
    after = asked(client)

    assert (
        requests(after, "unknown", "GET", "4xx") - requests(before, "unknown", "GET", "4xx") == 100
    )
    new = {key for key in set(after) - set(before) if "/metrics" not in str(key)}
    assert new == set()


def test_a_file_is_counted_when_it_is_made_and_not_when_it_is_sent_again(
    client: FlaskClient,
) -> None:
    counts = []
    for _ in range(2):
        before = value(asked(client), "regmap_exports_made_total") or 0.0
        client.get("/api/v1/export/csv?on=1999-05-05&substance=7-oh").close()
        counts.append((value(asked(client), "regmap_exports_made_total") or 0.0) - before)

    assert counts == [1, 0]


@dataclass
class Source:
    """What tells of a snapshot."""

    seconds: float = 3.5
    reached: bool = True
    revision: int = 12
    records: dict[tuple[str, str], Any] = field(default_factory=dict)

    def freshness(self) -> Any:
        return SimpleNamespace(seconds=self.seconds, reached=self.reached)

    def current(self) -> Any:
        snapshot = SimpleNamespace(
            revision=self.revision,
            data_version="12-abc",
            substances={"kratom": None, "7-oh": None},
            records=self.records,
        )
        return SimpleNamespace(snapshot=snapshot)


@dataclass
class Queue:
    """Corrections, the newest first, and whether the store is away."""

    waiting: list[datetime] = field(default_factory=list)
    is_away: bool = False

    def counts(self) -> dict[State, int]:
        if self.is_away:
            raise DataProblem("away")
        return dict.fromkeys(State, 0) | {State.PENDING: len(self.waiting), State.ACCEPTED: 4}

    def listed(self, *, states: list[State], offset: int, limit: int, bare: bool) -> Any:
        assert states == [State.PENDING]
        assert bare
        chosen = self.waiting[offset : offset + limit]
        return [SimpleNamespace(submitted_at=one) for one in chosen], len(self.waiting)


def made(source: Source | None = None, queue: Queue | None = None) -> Metrics:
    told: Any = source or Source()
    waiting: Any = queue or Queue()
    return Metrics(told, StateMetrics(told, waiting, lambda: TODAY))


def test_each_latency_falls_into_its_bucket() -> None:
    own = made()
    times = [0.0, 0.0005, 0.00051, 0.3, 29.0, 31.0]
    for seconds in times:
        own.count("/a", "GET", 200, seconds)

    found = read(own.exposition().decode())

    for bound in BUCKETS:
        expected = sum(seconds <= bound for seconds in times)
        label = f"{bound:g}" if bound < 1 else f"{bound:.1f}"
        assert value(found, "regmap_request_seconds_bucket", route="/a", le=label) == expected, (
            bound
        )
    assert value(found, "regmap_request_seconds_count", route="/a") == len(times)
    assert value(found, "regmap_request_seconds_sum", route="/a") == pytest.approx(sum(times))


def test_what_is_counted_stays_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    own = made()
    for expected in (1, 2, 3):
        own.count("/a", "GET", 200, 0.1)

        assert requests(read(own.exposition().decode()), "/a") == expected


def test_the_thread_flushes_and_ends_with_the_worker() -> None:
    own = made()
    own.count("/a", "GET", 200, 0.1)
    own.start(every=0.01)
    thread: Any = own._thread
    for _ in range(2_000):
        if not own._requests:
            break
        thread.join(0.01)
    assert own._requests == {}

    own.stop()
    thread.join(20)

    assert not thread.is_alive()


# --- The state. ---------------------------------------------------------------------------------


def test_age_and_revision_of_the_snapshot_and_memory_are_told() -> None:
    found = read(made().exposition().decode())

    assert value(found, "regmap_snapshot_age_seconds") == 3.5
    assert value(found, "regmap_snapshot_revision") == 12
    assert value(found, "regmap_data_info", data_version="12-abc") == 1
    assert (value(found, "regmap_worker_resident_bytes") or 0) > 1_000_000
    (build,) = [dict(labels) for name, labels in found if name == "regmap_build_info"]
    assert re.fullmatch(r"3\.\d+\.\d+\S*", build["python"])


def test_corrections_are_told_by_state_with_the_longest_wait() -> None:
    now = datetime.now(UTC)
    queue = Queue([now - timedelta(hours=1), now - timedelta(days=2)])

    found = read(made(queue=queue).exposition().decode())

    assert value(found, "regmap_corrections", state="pending") == 2
    assert value(found, "regmap_corrections", state="accepted") == 4
    waits = value(found, "regmap_oldest_pending_correction_seconds") or 0
    assert waits == pytest.approx(2 * 86_400, rel=0.01)


def test_where_none_waits_the_longest_wait_is_nothing() -> None:
    found = read(made().exposition().decode())

    assert value(found, "regmap_oldest_pending_correction_seconds") == 0


@pytest.mark.parametrize(
    ("source", "queue"), [(Source(reached=False), Queue()), (Source(), Queue(is_away=True))]
)
def test_a_store_that_is_away_is_told_and_the_rest_goes_on(source: Source, queue: Queue) -> None:
    found = read(made(source, queue).exposition().decode())

    assert value(found, "regmap_store_reachable") == 0
    assert value(found, "regmap_snapshot_revision") == 12
    assert not any(name == "regmap_corrections" for name, _ in found)


def test_the_age_of_evidence_is_told_for_each_substance() -> None:
    days = [0, 10, 20, 30, 40, 50, 60, 366, 400, 500, -5]
    dates: list[PartialDate | None] = [
        PartialDate.parse((TODAY - timedelta(days=one)).isoformat()) for one in days
    ]
    records = {
        (f"X{number}", "kratom"): SimpleNamespace(evidence_as_of=one)
        for number, one in enumerate([*dates, None])
    }

    found = read(made(Source(records=records)).exposition().decode())

    def age(share: str) -> float | None:
        return value(found, "regmap_evidence_age_seconds", substance="kratom", quantile=share)

    assert [age(one) for one in ("0.5", "0.9", "1.0")] == [one * 86_400 for one in (40, 400, 500)]
    assert value(found, "regmap_evidence_old_ratio", substance="kratom") == pytest.approx(3 / 11)
    assert value(found, "regmap_records", substance="kratom") == 12
    assert value(found, "regmap_evidence_undated_records", substance="kratom") == 1
    assert value(found, "regmap_records", substance="7-oh") == 0
    assert value(found, "regmap_evidence_old_ratio", substance="7-oh") is None


# --- Who may ask. -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("guarded"))
    cache = shared_folder(tmp_path_factory) / "cache"
    return make_app(database, cache, metrics_token=TOKEN).test_client()


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        f"Bearer {TOKEN}x",
        "Bearer",
        "Bearer ä",
        f"Basic {TOKEN}",
        TOKEN,
        "Bearer " + "x" * 24,
    ],
)
def test_without_the_token_nothing_is_told(guarded: FlaskClient, given: str | None) -> None:
    headers = {} if given is None else {"Authorization": given}
    answer = guarded.get("/metrics", headers=headers)

    assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert TOKEN not in answer.get_data(as_text=True)


def test_with_the_token_all_is_told(guarded: FlaskClient) -> None:
    answer = guarded.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert answer.status_code == 200
    assert b"regmap_build_info" in answer.data


# --- Workers that have ended. -------------------------------------------------------------------


def test_of_a_worker_that_has_ended_counts_stay_and_measures_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(module.FOLDER, str(tmp_path))
    for name in ("counter_7.db", "histogram_7.db", "gauge_liveall_7.db", "gauge_liveall_77.db"):
        (tmp_path / name).touch()

    module.forget_worker(7)

    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "counter_7.db",
        "gauge_liveall_77.db",
        "histogram_7.db",
    ]
