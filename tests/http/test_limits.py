"""How much one address may ask: alone in memory, together in Redis, and with Redis away."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits.strategies import FixedWindowRateLimiter
from werkzeug.middleware.proxy_fix import ProxyFix

from regmap.domain.errors import TooMany
from regmap.http import limits as module
from regmap.http.limits import LIMITS, Limits, client_address, join_limits, limited, spend
from regmap.http.problems import problem
from regmap.settings import InvalidSetting, Settings
from tests.http.conftest import Redis

KEY = "k" * 32
HOME, AWAY = "192.0.2.1", "198.51.100.7"


def counting(redis_url: str = "", **settings: Any) -> Flask:
    """A small app with one limited view."""
    app = Flask(__name__)
    join_limits(app, Settings(redis_url=redis_url, secret_key=KEY, **settings))
    app.register_error_handler(TooMany, problem)

    @app.route("/", methods=["GET", "POST"])
    @limited("sign_in")
    def view() -> str:
        return client_address()

    return app


def ask(client: FlaskClient, address: str = HOME, **headers: str) -> int:
    """The status of one call from an address."""
    return client.get("/", environ_base={"REMOTE_ADDR": address}, headers=headers).status_code


def spent(limits: Limits, name: str, times: int, address: str = HOME) -> None:
    for _ in range(times):
        limits.spend(name, address)


# --- In memory. ---------------------------------------------------------------------------------


def test_the_twenty_first_call_in_a_minute_is_refused_with_when_to_come_again() -> None:
    client = counting().test_client()
    assert [ask(client) for _ in range(20)] == [200] * 20

    refused = client.get("/", environ_base={"REMOTE_ADDR": HOME})

    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["Cache-Control"] == "no-store"
    assert refused.get_json()["title"] == "Too Many Requests"
    assert ask(client, AWAY) == 200


def test_each_thing_is_counted_for_itself() -> None:
    limits = Limits("", KEY)
    spent(limits, "sign_in", 20)

    spent(limits, "questions", 120)
    with pytest.raises(TooMany):
        limits.spend("sign_in", HOME)
    with pytest.raises(TooMany):
        limits.spend("questions", HOME)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let time pass for the counts in memory."""
    at = [1_000_000.0]
    stopped = SimpleNamespace(time=lambda: at[0])
    monkeypatch.setattr("limits.storage.memory.time", stopped)
    monkeypatch.setattr(module, "time", stopped)

    def wait(seconds: float) -> None:
        at[0] += seconds

    return wait


def test_after_the_wait_it_goes_on(clock: Callable[[float], None]) -> None:
    limits = Limits("", KEY)
    spent(limits, "sign_in", 20)
    clock(45)
    with pytest.raises(TooMany) as raised:
        limits.spend("sign_in", HOME)
    assert raised.value.retry_after == 15
    assert "15 s" in str(raised.value)

    clock(15)
    spent(limits, "sign_in", 20)


def test_the_longer_limit_holds_too_and_refused_calls_do_not_count_in_it(
    clock: Callable[[float], None],
) -> None:
    limits = Limits("", KEY)
    for _ in range(6):  # ten a minute, sixty an hour
        spent(limits, "corrections.submit", 10)
        for _ in range(30):
            with pytest.raises(TooMany):
                limits.spend("corrections.submit", HOME)
        clock(60)
    with pytest.raises(TooMany) as raised:
        limits.spend("corrections.submit", HOME)
    assert raised.value.retry_after == 54 * 60


def test_what_was_counted_goes_with_its_time_and_no_address_is_kept(
    clock: Callable[[float], None],
) -> None:
    limits = Limits("", KEY)
    spent(limits, "sign_in", 3)
    counts = _storage(limits._own)
    assert len(counts.storage) == 1
    assert HOME not in str(counts.storage)

    clock(61)
    counts._MemoryStorage__expire_events()  # what its timer does after each count

    assert not counts.storage
    assert not counts.expirations
    assert not counts.locks


def _storage(counts: FixedWindowRateLimiter) -> Any:
    return counts.storage


def test_limits_can_be_turned_off() -> None:
    client = counting(rate_limits="off").test_client()

    assert {ask(client) for _ in range(50)} == {200}


def test_a_view_is_limited_by_a_name_of_the_table_alone() -> None:
    with pytest.raises(KeyError):
        limited("whatever")
    app = counting()
    with app.test_request_context(), pytest.raises(KeyError):
        spend("whatever")
    assert len(LIMITS) >= 5


# --- Addresses. ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_an_ipv6_address_counts_with_its_whole_64(address: str, counted: str) -> None:
    with Flask(__name__).test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert client_address() == counted


def test_neighbours_in_a_64_share_a_count_and_others_do_not() -> None:
    client = counting().test_client()
    assert {ask(client, f"2001:db8::{host:x}") for host in range(20)} == {200}

    assert ask(client, "2001:db8::ffff") == 429
    assert ask(client, "2001:db8:0:1::1") == 200


def test_without_trusted_proxies_nobody_can_say_to_be_elsewhere() -> None:
    client = counting().test_client()
    assert {ask(client, **{"X-Forwarded-For": f"203.0.113.{n}"}) for n in range(20)} == {200}

    assert ask(client, **{"X-Forwarded-For": "203.0.113.99"}) == 429


def test_behind_a_proxy_the_last_address_counts_whatever_stands_before() -> None:
    app = counting()
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1)  # type: ignore[method-assign]
    client = app.test_client()
    for n in range(20):
        assert ask(client, "10.0.0.1", **{"X-Forwarded-For": f"1.1.1.{n}, {HOME}"}) == 200

    assert ask(client, "10.0.0.1", **{"X-Forwarded-For": f"9.9.9.9, {HOME}"}) == 429
    assert ask(client, "10.0.0.1", **{"X-Forwarded-For": f"{HOME}, {AWAY}"}) == 200


# --- Redis. -------------------------------------------------------------------------------------


def test_two_apps_share_one_count_in_redis(redis: Redis) -> None:
    clients = [counting(redis.url).test_client() for _ in range(2)]
    assert {ask(clients[n % 2]) for n in range(20)} == {200}

    assert [ask(client) for client in clients] == [429, 429]
    assert [ask(client, AWAY) for client in clients] == [200, 200]


def test_in_memory_two_apps_count_apart() -> None:
    first, second = (counting().test_client() for _ in range(2))
    assert {ask(first) for _ in range(20)} == {200}

    assert ask(first) == 429
    assert ask(second) == 200


def test_without_a_redis_no_worker_loads_what_talks_to_one() -> None:
    loaded = (
        "import regmap.app, sys; sys.exit('redis' in sys.modules or 'limits' not in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0


def test_redis_holds_no_address_and_nothing_for_ever(redis: Redis) -> None:
    app = counting(redis.url)
    ask(app.test_client())
    from redis import Redis as Client

    with Client(unix_socket_path=str(redis.socket), decode_responses=True) as client:
        [key] = client.keys()
        assert HOME not in key
        assert 0 < client.ttl(key) <= 60
        assert int(client.get(key) or 0) == 1


def test_when_redis_goes_each_counts_alone_and_says_so_once_and_when_it_is_back(
    redis: Redis, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = counting(redis.url).test_client()
    assert {ask(client) for _ in range(20)} == {200}
    assert ask(client) == 429

    with caplog.at_level(logging.WARNING, "regmap"):
        redis.stop()
        assert {ask(client) for _ in range(20)} == {200}  # its own count begins
        assert ask(client) == 429
        monkeypatch.setattr(module, "_AWAY_SECONDS", -1.0)  # ask it again each time
        assert {ask(client, AWAY) for _ in range(3)} == {200}
        assert [record.message.split(" (")[0] for record in caplog.records] == ["no Redis"]

        redis.start()
        client.application.extensions["regmap-limits"]._alone_until = 0.0
        assert ask(client) == 200
    assert "Redis is back" in caplog.records[-1].message
    assert len(caplog.records) == 2


def test_a_redis_that_was_never_there_is_no_error(tmp_path: Path) -> None:
    client = counting(f"unix://{tmp_path}/nothing").test_client()

    assert {ask(client) for _ in range(20)} == {200}
    assert ask(client) == 429


def test_a_redis_that_does_not_answer_is_not_waited_for(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        client = counting(f"redis://127.0.0.1:{port}").test_client()

        assert {ask(client) for _ in range(20)} == {200}
        assert ask(client) == 429


@pytest.mark.parametrize("url", ["redis://host:port", "redis://[::1"])
def test_an_address_of_redis_that_cannot_be_understood_is_told(url: str) -> None:
    with pytest.raises(InvalidSetting, match="REGMAP_REDIS_URL"):
        Limits(url, KEY)
