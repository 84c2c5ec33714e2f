"""What the proxy keeps, for whom and how long: a real nginx in front of two real nodes."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest

from regmap.domain.curators import Role
from regmap.http.caching import SHORT
from regmap.http.curators import COOKIE, REVIEW, SIGN_IN, SIGN_OUT
from regmap.services.curators import Curators
from regmap.store.database import Database
from tests.deploy.composed import SITE
from tests.deploy.conftest import Nodes
from tests.deploy.proxy import NAME, Answer, Proxy, proxying
from tests.deploy.standing_in import StandIn
from tests.e2e.process import serving
from tests.served import worded_edits

MINUTE = 61
"""Seconds after which nothing is kept any more (s-maxage)."""

STATE = "/api/v1/jurisdictions/US-AL"
COUNTRY = "/api/v1/jurisdictions/CI"
SEEN_SECONDS = 20.0
PASSWORD = "correct horse battery"
UNPACKED: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "identity": bytes,
}


@pytest.mark.parametrize("path", [STATE, COUNTRY, "/about", "/ogc/collections", "/map.svg"])
def test_what_was_asked_before_comes_from_the_cache_as_it_was(proxy: Proxy, path: str) -> None:
    first, second = proxy.ask(path), proxy.ask(path)

    assert (first.status, first.cache) == (200, "MISS")
    assert (second.status, second.cache) == (200, "HIT")
    assert first.body == second.body
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["cache-control"] == second.headers["cache-control"] == SHORT


def test_a_head_is_answered_from_the_same(proxy: Proxy) -> None:
    got = proxy.ask(STATE)

    head = proxy.ask(STATE, "HEAD")

    assert head.cache == "HIT"
    assert head.body == b""
    assert head.headers["etag"] == got.headers["etag"]


def test_a_correction_is_seen_by_everybody_when_the_minute_is_over(
    proxy: Proxy, nodes: Nodes
) -> None:
    before = proxy.ask(COUNTRY)
    told = f"Told anew at {datetime.now(UTC)}."
    nodes.record(worded_edits("CI", told))
    for address in nodes.addresses:
        wait_until_told(f"{address}{COUNTRY}", told)

    proxy.pass_time(50)
    kept = proxy.ask(COUNTRY)
    proxy.pass_time(MINUTE - 50)
    after = proxy.ask(COUNTRY)

    assert kept.cache == "HIT"
    assert kept.body == before.body
    assert after.cache == "EXPIRED"
    assert told in after.body.decode()
    again = proxy.ask(COUNTRY)
    assert (again.cache, again.body) == ("HIT", after.body)


def wait_until_told(url: str, text: str) -> None:
    until = time.monotonic() + SEEN_SECONDS
    while time.monotonic() < until:
        with urlopen(url) as answer:
            if text in answer.read().decode():
                return
        time.sleep(0.05)
    raise AssertionError(f"{url} does not tell {text!r}")


def test_what_did_not_change_is_not_sent_by_a_node_again(proxy: Proxy) -> None:
    first = proxy.ask(STATE, accept_encoding="gzip")
    proxy.pass_time(MINUTE)

    after = proxy.ask(STATE, accept_encoding="gzip")

    assert after.cache == "REVALIDATED"
    assert (after.status, after.body) == (200, first.body)
    assert proxy.ask(STATE, accept_encoding="gzip").cache == "HIT"


@pytest.mark.parametrize("order", [("br", "gzip", "identity"), ("identity", "gzip", "br")])
@pytest.mark.parametrize("path", [STATE, "/about"])
def test_each_client_gets_the_encoding_that_it_takes(
    proxy: Proxy, path: str, order: tuple[str, ...]
) -> None:
    told = set()
    for encoding in order * 2:
        got = proxy.ask(path, accept_encoding=encoding)
        assert got.headers.get("content-encoding", "identity") == encoding
        told.add(UNPACKED[encoding](got.body))

    kept = {proxy.ask(path, accept_encoding=encoding).cache for encoding in order}
    assert len(told) == 1
    assert kept == {"HIT"}


def test_each_reader_gets_the_page_in_their_language(proxy: Proxy) -> None:
    told = {
        wish: [proxy.ask("/about", accept_language=wish) for _ in range(2)]
        for wish in ("es-MX,es;q=0.9", "en", "es-MX,es;q=0.9", "de;q=0.9,en;q=0.5")
    }

    for wish, answers in told.items():
        language = "es" if wish.startswith("es") else "en"
        assert all(f'<html lang="{language}"' in got.body.decode() for got in answers)
        assert answers[1].cache == "HIT"


def test_each_client_gets_the_format_that_it_asks_for(proxy: Proxy) -> None:
    for _ in range(2):
        page = proxy.ask("/ogc/collections", accept="text/html")
        data = proxy.ask("/ogc/collections", accept="application/json")
        assert page.headers["content-type"].startswith("text/html")
        assert json.loads(data.body)["collections"]
    assert (page.cache, data.cache) == ("HIT", "HIT")


@pytest.mark.parametrize("encoding", ["gzip", "br", None])
def test_who_has_it_already_is_told_so_by_the_cache(proxy: Proxy, encoding: str | None) -> None:
    given: dict[str, Any] = {"accept_encoding": encoding} if encoding else {}
    etag = proxy.ask(STATE, **given).headers["etag"]

    again = proxy.ask(STATE, if_none_match=etag, **given)
    other = proxy.ask(STATE, if_none_match='"0123456789abcdef01234567"', **given)

    assert (again.status, again.body, again.cache) == (304, b"", "HIT")
    assert again.headers["etag"] == etag
    assert (other.status, other.cache) == (200, "HIT")


def test_the_first_to_ask_may_have_it_already(proxy: Proxy, nodes: Nodes) -> None:
    with urlopen(f"{nodes.addresses[0]}{STATE}") as answer:
        etag = answer.headers["ETag"]

    first = proxy.ask(STATE, if_none_match=etag)
    second = proxy.ask(STATE)

    assert (first.status, first.body, first.cache) == (304, b"", "MISS")
    assert (second.status, second.cache) == (200, "HIT")
    assert json.loads(second.body)["id"] == "US-AL"


def test_questions_are_kept_apart_by_every_character_of_their_query(proxy: Proxy) -> None:
    questions = [
        "lat=33.52&lon=-86.81",
        "lat=41.82&lon=-71.41",
        "lat=33.52&lon=-86.81&on=2015-01-01",
        "lat=33.52&lon=-86.81&on=2015-01-02",
        "lat=33.52&lon=-86.81&substance=7-oh",
        "lon=-86.81&lat=33.52",
    ]
    for wanted in ("MISS", "MISS", "HIT"):  # what is asked for once is not kept
        for question in questions:
            got = proxy.ask(f"/api/v1/status?{question}")
            echoed = json.loads(got.body)["query"]
            given = dict(part.split("=") for part in question.split("&"))
            assert got.cache == wanted
            assert {name: str(echoed[name]) for name in given} == given


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/status?lat=91&lon=0", 422),
        ("/api/v1/nothing", 404),
        ("/nothing", 404),
        ("/jurisdictions/XX", 404),
    ],
)
def test_an_error_is_never_kept(proxy: Proxy, path: str, status: int) -> None:
    answers = [proxy.ask(path) for _ in range(2)]

    assert [(got.status, got.cache) for got in answers] == [(status, "MISS")] * 2
    assert answers[0].headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/corrections", "/api/v1/corrections"])
def test_what_changes_by_a_decision_is_asked_for_each_time(proxy: Proxy, path: str) -> None:
    assert [proxy.ask(path).cache for _ in range(2)] == ["MISS", "MISS"]


def test_what_is_sent_is_never_answered_from_the_cache(proxy: Proxy) -> None:
    body = json.dumps({"items": [{"zip": "35203"}]}).encode()
    for _ in range(2):
        got = proxy.ask("/api/v1/status/batch", "POST", body, content_type="application/json")
        assert got.status == 200
        assert got.cache != "HIT"


# --- Curators, cookies, secrets. ----------------------------------------------------------------


@pytest.mark.parametrize("path", [SIGN_IN, SIGN_OUT, REVIEW, f"{REVIEW}/C-1", f"{REVIEW}/x.css"])
def test_a_page_for_curators_is_never_kept(proxy: Proxy, path: str) -> None:
    assert [proxy.ask(path).cache for _ in range(2)] == ["BYPASS", "BYPASS"]


def test_a_curator_signs_in_through_the_proxy_and_is_alone_in_the_session(
    proxy: Proxy, nodes: Nodes
) -> None:
    database = Database(nodes.database_url)
    Curators(database, SITE["REGMAP_SECRET_KEY"]).add(
        "ana", Role.REVIEWER, PASSWORD, datetime.now(UTC)
    )
    database.close()

    cookie, token = form_of(proxy.ask(SIGN_IN))
    sent = urlencode({"csrf_token": token, "name": "ana", "password": PASSWORD}).encode()
    taken = proxy.ask(
        SIGN_IN,
        "POST",
        sent,
        cookie=cookie,
        origin=f"https://{NAME}",
        content_type="application/x-www-form-urlencoded",
    )
    session = taken.headers["set-cookie"]
    queue = proxy.ask(REVIEW, cookie=session.split(";")[0])
    stranger = proxy.ask(REVIEW)

    assert taken.status == 303, taken.body
    assert "Secure" in session
    assert queue.status == 200
    assert stranger.status == 303
    assert stranger.headers["location"].startswith(SIGN_IN)


def form_of(page: Answer) -> tuple[str, str]:
    """The cookie that came with a form, and its token."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.body.decode())
    assert token is not None
    return page.headers["set-cookie"].split(";")[0], token[1]


def test_no_node_reads_a_cookie_but_for_a_page_of_curators(
    proxy_of_one: Proxy, node: StandIn
) -> None:
    given = f"{COOKIE}=stolen; other=1"

    public = proxy_of_one.ask("/about", cookie=given)
    closed = proxy_of_one.ask(REVIEW, cookie=given)

    assert "cookie" not in dict(json.loads(public.body)["headers"])
    assert dict(json.loads(closed.body)["headers"])["cookie"] == given


def test_an_answer_with_a_cookie_is_never_kept(proxy_of_one: Proxy, node: StandIn) -> None:
    node.headers["Set-Cookie"] = f"{COOKIE}=of-one-alone"

    answers = [proxy_of_one.ask("/about") for _ in range(2)]

    assert [got.cache for got in answers] == ["MISS", "MISS"]


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", {"authorization": "Bearer regmap_x"}),
        ("", {"x_correction_secret": "hush"}),
        ("?secret=hush", {}),
    ],
    ids=["token", "secret in a header", "secret in the address"],
)
def test_what_is_seen_with_a_secret_is_neither_kept_nor_answered_from_the_cache(
    proxy_of_one: Proxy, query: str, headers: dict[str, Any]
) -> None:
    path = f"/api/v1/corrections/1{query}"
    if headers:  # what everybody sees is kept, and is not for who knows more
        assert [proxy_of_one.ask(path).cache for _ in range(2)] == ["MISS", "HIT"]

    seen = [proxy_of_one.ask(path, **headers) for _ in range(2)]

    assert [got.cache for got in seen] == ["BYPASS", "BYPASS"]
    assert seen[0].body != seen[1].body
    if headers:
        assert "hush" not in proxy_of_one.ask(path).body.decode()


# --- Many at once; nodes that are away. ---------------------------------------------------------


def test_of_many_who_ask_for_the_same_one_asks_a_node(proxy_of_one: Proxy, node: StandIn) -> None:
    node.may_answer.clear()
    with ThreadPoolExecutor(12) as clients:
        waiting = [clients.submit(proxy_of_one.ask, "/a") for _ in range(12)]
        wait_for(lambda: bool(node.asked))
        node.may_answer.set()
        answers = [one.result() for one in waiting]

    assert node.asked == ["GET /a"]
    assert len({got.body for got in answers}) == 1


def test_while_one_asks_anew_others_get_what_was_true_a_moment_ago(
    proxy_of_one: Proxy, node: StandIn
) -> None:
    before = proxy_of_one.ask("/a")
    proxy_of_one.pass_time(MINUTE)
    node.may_answer.clear()
    with ThreadPoolExecutor(1) as clients:
        first = clients.submit(proxy_of_one.ask, "/a")
        wait_for(lambda: len(node.asked) == 2)
        meanwhile = proxy_of_one.ask("/a")
        node.may_answer.set()
        after = first.result()

    assert (meanwhile.cache, meanwhile.body) == ("UPDATING", before.body)
    assert after.cache == "EXPIRED"
    assert proxy_of_one.ask("/a").body == after.body != before.body


def wait_for(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + SEEN_SECONDS
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_while_the_nodes_are_away_what_is_kept_is_served_and_marked(
    nodes: Nodes, tmp_path: Path
) -> None:
    with (
        serving(nodes.settings) as alone,
        proxying(tmp_path, [alone.address, alone.address]) as proxy,
    ):
        before = proxy.ask(STATE)
        page = proxy.ask("/about")
        alone.stop()
        within = proxy.ask(STATE)
        proxy.pass_time(MINUTE)
        later = proxy.ask(STATE)
        unkept = proxy.ask("/api/v1/codebook")
        later_page, unkept_page = proxy.ask("/about"), proxy.ask("/check")

    assert (within.cache, within.headers["cache-control"]) == ("HIT", SHORT)
    assert (later.status, later.cache, later.body) == (200, "STALE", before.body)
    assert (later_page.status, later_page.cache, later_page.body) == (200, "STALE", page.body)
    # what others keep of it they would serve unmarked
    assert later.headers["cache-control"] == later_page.headers["cache-control"] == "no-store"
    for got, kind in ((unkept, "application/problem+json"), (unkept_page, "text/html")):
        assert got.status == 503
        assert got.headers["content-type"].startswith(kind)
        assert got.headers["cache-control"] == "no-store"
        assert got.headers["retry-after"] == "5"
    problem = json.loads(unkept.body)
    assert (problem["status"], problem["title"]) == (503, "Service Unavailable")
