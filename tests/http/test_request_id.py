"""Every request has an id, which its answer, its error and the log all tell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from regmap.http.request_id import RequestIds
from tests.served import assert_problem, make_app, shared_app, shared_database, shared_folder

POINT = "/api/v1/status?lat=39.5&lon=-98.35"
MADE = re.compile(r"[0-9a-f]{12}-[0-9a-f]+")
GIVEN = "from-the-proxy.1"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return shared_app(tmp_path_factory).test_client()


@pytest.fixture(scope="module")
def behind_a_proxy(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    cache: Path = shared_folder(tmp_path_factory) / "cache"
    return make_app(shared_database(tmp_path_factory), cache, trusted_proxies=1).test_client()


@pytest.mark.parametrize("path", [POINT, "/api/v1/codebook", "/about", "/nowhere", "/healthz"])
def test_every_answer_has_an_id_of_its_own(client: FlaskClient, path: str) -> None:
    ids = [client.get(path).headers.getlist("X-Request-ID") for _ in range(2)]

    assert all(len(one) == 1 and MADE.fullmatch(one[0]) for one in ids)
    assert ids[0] != ids[1]


def test_an_error_tells_its_id_to_programs_and_to_people(client: FlaskClient) -> None:
    for_programs = client.get("/api/v1/jurisdictions/nowhere")
    for_people = client.get("/nowhere")

    body = assert_problem(for_programs, 404, "jurisdiction")
    assert body["request_id"] == for_programs.headers["X-Request-ID"]
    assert for_people.headers["X-Request-ID"] in for_people.get_data(as_text=True)


def test_an_id_changes_no_body_and_no_etag_of_what_caches_keep(client: FlaskClient) -> None:
    first, second = (client.get("/api/v1/codebook") for _ in range(2))

    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.get_data() == second.get_data()


def test_the_openapi_says_that_errors_have_it(client: FlaskClient) -> None:
    schemas = client.get("/api/v1/openapi.json").get_json(force=True)["components"]["schemas"]

    assert "request_id" in schemas["Problem"]["properties"]


def test_the_id_of_a_trusted_proxy_is_kept(behind_a_proxy: FlaskClient) -> None:
    for path in (POINT, "/api/v1/jurisdictions/nowhere"):
        answer = behind_a_proxy.get(path, headers={"X-Request-ID": GIVEN})

        assert answer.headers.getlist("X-Request-ID") == [GIVEN]


def test_a_stranger_does_not_choose_the_id(client: FlaskClient) -> None:
    answer = client.get(POINT, headers={"X-Request-ID": GIVEN})

    assert MADE.fullmatch(answer.headers["X-Request-ID"])


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "short-7",
        "x" * 65,
        "two words",
        "line\nbreak",
        "ends-in-one\n",
        "\x1b[31mredredred",
        "äöüäöüäöü",
        "٣٤٥٦٧٨٩٠",
        '"><script>',
    ],
)
def test_what_is_no_id_is_replaced_even_if_a_proxy_sends_it(given: str | None) -> None:
    assert MADE.fullmatch(RequestIds(is_trusting=True).of(given))


@pytest.mark.parametrize("given", ["12345678", "x" * 64, "a.b_c-D9"])
def test_what_could_be_an_id_is_taken_as_it_is(given: str) -> None:
    assert RequestIds(is_trusting=True).of(given) == given


def test_two_workers_make_no_ids_alike() -> None:
    one, other = RequestIds(is_trusting=False), RequestIds(is_trusting=False)

    made = {who.of(None) for who in (one, other) for _ in range(1_000)}

    assert len(made) == 2_000
