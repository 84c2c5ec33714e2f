"""What the proxy keeps away from the nodes, and how it gets past one that is gone."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from regmap.http.front import MAX_BODY_BYTES
from tests.deploy.conftest import Nodes
from tests.deploy.proxy import NAME, Proxy, proxying
from tests.deploy.standing_in import StandIn
from tests.e2e.process import free_port, serving

POINT = "/api/v1/status?lat=33.52&lon=-86.81"
BATCH = "/api/v1/status/batch"
STRANGER = "203.0.113.9"


@pytest.mark.parametrize("name", ["metrics", "readyz"])
@pytest.mark.parametrize(
    "spelled",
    ["/{}", "//{}", "/./{}", "/x/../{}", "/{}/", "/{}?x=1", "/{}/x", "/%{code}{rest}", "/{}%3F"],
)
def test_what_is_for_the_operator_is_not_there_for_anybody_else(
    proxy: Proxy, name: str, spelled: str
) -> None:
    path = spelled.format(name, code=f"{ord(name[0]):02x}", rest=name[1:])

    assert proxy.ask(path).status == 404
    assert proxy.log(1)[-1]["node"] == ""


def test_the_nodes_themselves_tell_it_whoever_runs_them(nodes: Nodes) -> None:
    for address in nodes.addresses:
        with urlopen(f"{address}/readyz") as answer:
            assert answer.status == 200


def test_a_client_cannot_say_that_it_comes_from_elsewhere(
    proxy_of_one: Proxy, node: StandIn
) -> None:
    got = proxy_of_one.ask(
        "/x",
        x_forwarded_for=f"{STRANGER}, 127.0.0.1",
        x_forwarded_proto="http",
        x_forwarded_host="evil.example",
        x_forwarded_port="81",
        x_forwarded_prefix="/evil",
        forwarded=f"for={STRANGER};host=evil.example",
        x_real_ip=STRANGER,
        x_request_id="mine-and-mine-alone",
    )
    underscored = {"Host": NAME, "X_Forwarded_For": STRANGER, "X_Forwarded_Host": "evil.example"}
    other = proxy_of_one.send("GET", "/y", underscored)

    sent = json.loads(got.body)["headers"]
    assert [value for name, value in sent if name == "x-forwarded-for"] == ["127.0.0.1"]
    assert [value for name, value in sent if name == "x-forwarded-proto"] == ["https"]
    assert [value for name, value in sent if name == "host"] == [NAME]
    names = {name for name, _ in sent}
    assert names.isdisjoint(
        {"forwarded", "x-forwarded-host", "x-forwarded-port", "x-forwarded-prefix"}
    )
    assert "mine-and-mine-alone" not in got.body.decode()
    underscored_told = other.body.decode()
    assert STRANGER not in underscored_told
    assert "evil.example" not in underscored_told


def test_limits_are_counted_for_the_address_that_a_client_really_has(
    nodes: Nodes, tmp_path: Path
) -> None:
    settings = {**nodes.settings, "REGMAP_RATE_LIMITS": "on"}
    with serving(settings) as alone, proxying(tmp_path, [alone.address] * 2) as proxy:
        answers = [
            proxy.ask(
                "/api/v1/corrections",
                "POST",
                b"{}",
                content_type="application/json",
                x_forwarded_for=f"198.51.100.{number}",
            ).status
            for number in range(11)
        ]

    assert answers == [422] * 10 + [429]


def test_a_body_as_large_as_regmap_takes_goes_through(proxy: Proxy) -> None:
    body = b"[" + b" " * (MAX_BODY_BYTES - 2) + b"]"

    got = proxy.ask(BATCH, "POST", body, content_type="application/json")

    assert got.status == 422
    assert proxy.log(1)[-1]["node"] != ""


def test_a_larger_one_is_refused_in_the_same_words_and_no_node_hears_of_it(
    proxy: Proxy, nodes: Nodes
) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": str(MAX_BODY_BYTES + 1)}
    with pytest.raises(HTTPError) as refused:
        # it is refused by its length, before it is sent
        urlopen(Request(f"{nodes.addresses[0]}{BATCH}", headers=headers, method="POST"))

    got = proxy.send("POST", BATCH, {"Host": NAME, **headers})

    with refused.value as answer:
        assert got.status == answer.code == 413
        assert got.headers["content-type"] == answer.headers["content-type"]
        theirs = json.load(answer)
        assert theirs.pop("request_id")
        assert json.loads(got.body) == {**theirs, "request_id": got.headers["x-request-id"]}
    assert got.headers["cache-control"] == "no-store"
    assert proxy.log(1)[-1]["node"] == ""


def test_a_node_that_goes_is_passed_over(nodes: Nodes, tmp_path: Path) -> None:
    body = json.dumps({"items": [{"zip": "35203"}]}).encode()
    steady = nodes.addresses[0]
    with (
        serving(nodes.settings) as mortal,
        proxying(tmp_path, [mortal.address, steady]) as proxy,
    ):
        before = [proxy.ask(point(number)).status for number in range(8)]
        both = {urlsplit(address).netloc for address in (mortal.address, steady)}
        assert {line["node"] for line in proxy.log(8)} == both
        mortal.stop()
        after = [proxy.ask(point(100 + number)).status for number in range(8)]
        sent = [
            proxy.ask(BATCH, "POST", body, content_type="application/json").status for _ in range(8)
        ]

    assert before + after + sent == [200] * 24


def test_a_node_that_never_was_there_is_passed_over(nodes: Nodes, tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    with proxying(tmp_path, [nobody, nodes.addresses[1]]) as proxy:
        answers = [proxy.ask(point(number)) for number in range(6)]

    assert {got.status for got in answers} == {200}


def point(number: int) -> str:
    """The address of a point that nobody else asks for."""
    return f"/api/v1/status?lat=33.{number:04d}&lon=-86.81"


# --- Names, TLS, logs. --------------------------------------------------------------------------


def test_under_another_name_nothing_is_answered(proxy: Proxy) -> None:
    assert proxy.shakes_hands(NAME)
    assert not proxy.shakes_hands("evil.example")
    assert proxy.ask_plainly("/", "evil.example") is None


def test_a_name_in_the_request_that_is_not_ours_reaches_no_node(proxy: Proxy) -> None:
    # the connection was opened under our name
    assert proxy.ask("/feeds/changes.atom", host="evil.example").status == 400
    assert proxy.ask("/feeds/changes.atom").status == 200
    refused, answered = proxy.log(2)
    assert refused["node"] == ""
    assert answered["node"] != ""


def test_without_tls_one_is_sent_to_the_same_address_with_it(proxy: Proxy) -> None:
    got = proxy.ask_plainly("/check?q=35203&lang=es", NAME)

    assert got is not None
    assert got.status == 308
    assert got.headers["location"] == f"https://{NAME}/check?q=35203&lang=es"


def test_links_name_the_site_and_tls(proxy: Proxy) -> None:
    feed = proxy.ask("/feeds/changes.atom").body.decode()

    assert f"https://{NAME}/" in feed
    assert "http://127.0.0.1" not in feed


def test_each_request_has_an_id_of_its_own_even_from_the_cache(proxy: Proxy) -> None:
    answers = [proxy.ask(POINT) for _ in range(3)]

    ids = [got.headers["x-request-id"] for got in answers]
    assert len(set(ids)) == 3
    assert [line["request_id"] for line in proxy.log(3)] == ids


def test_an_error_names_the_same_request_as_the_log_of_the_proxy(proxy: Proxy) -> None:
    got = proxy.ask("/api/v1/nothing")

    assert json.loads(got.body)["request_id"] == got.headers["x-request-id"]
    assert proxy.log(1)[-1]["request_id"] == got.headers["x-request-id"]


def test_the_log_tells_nothing_of_who_asks(proxy: Proxy) -> None:
    proxy.ask(
        "/corrections/1?secret=hush",
        cookie="regmap_session=hush",
        authorization="Bearer hush",
        user_agent="hush",
        referer="https://example.org/hush",
    )

    (line,) = proxy.log(1)
    assert line["path"] == "/corrections/1"
    text = json.dumps({name: value for name, value in line.items() if name != "node"})
    assert "hush" not in text
    assert "127.0.0.1" not in text
