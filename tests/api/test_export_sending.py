"""How files are sent: once, compressed where that is wanted, and whole."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from regmap.http.context import exports
from regmap.http.lanes import FILE
from regmap.services.exports import shelf
from regmap.services.exports.files import Form
from tests.served import headers_told


def dropped(app: Flask, answer: TestResponse) -> list[Path]:
    """The kept files of an answer, to be dropped as by another worker."""
    with app.app_context():
        files = list(exports()._folder.glob(f"*-{answer.headers['ETag'].strip(chr(34))}.*"))
    assert files
    return files


@pytest.mark.parametrize("form", list(Form))
def test_what_the_client_has_already_is_not_sent_again(
    client: FlaskClient, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/api/v1/export/{form}?table=changes&substance=7-oh"
    etag = client.get(address).headers["ETag"]
    monkeypatch.setattr(shelf, "write_table", None)  # and nothing is made again

    for known in (etag, f'"other", {etag}', f"W/{etag}", f'{etag[:-1]}:br"'):
        again = client.get(address, headers={"If-None-Match": known})
        assert (again.status_code, again.get_data()) == (304, b"")
        assert again.headers["ETag"] == etag
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_says_what_would_come(client: FlaskClient) -> None:
    head, answer = (ask("/api/v1/export/csv?table=records") for ask in (client.head, client.get))

    assert head.get_data() == b""
    assert headers_told(head) == headers_told(answer)


@pytest.mark.parametrize("form", [Form.CSV, Form.JSONL, Form.GEOJSON])
@pytest.mark.parametrize("wanted", ["gzip", "gzip, deflate, br, zstd", "*"])
def test_text_is_sent_with_the_compression_that_is_kept(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, form: Form, wanted: str
) -> None:
    address = f"/api/v1/export/{form}?substance=7-oh"
    plain = client.get(address)
    client.get(address, headers={"Accept-Encoding": wanted})
    monkeypatch.setattr(shelf, "_zip", None)  # compressed once

    packed = client.get(address, headers={"Accept-Encoding": wanted})
    head = client.head(address, headers={"Accept-Encoding": wanted})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] == f'{plain.headers["ETag"][:-1]}:gzip"'
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.content_length == len(packed.get_data()) < plain.content_length
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    assert headers_told(head) == headers_told(packed)
    again = client.get(
        address, headers={"Accept-Encoding": wanted, "If-None-Match": packed.headers["ETag"]}
    )
    assert (again.status_code, again.get_data()) == (304, b"")


@pytest.mark.parametrize(
    "wanted", ["br", "zstd", "deflate", "identity", "gzip;q=0", "identity, gzip;q=0.5"]
)
def test_who_does_not_want_gzip_is_sent_the_file_as_it_is(client: FlaskClient, wanted: str) -> None:
    plain = client.get("/api/v1/export/csv?substance=7-oh")

    answer = client.get("/api/v1/export/csv?substance=7-oh", headers={"Accept-Encoding": wanted})

    assert "Content-Encoding" not in answer.headers
    assert answer.headers["ETag"] == plain.headers["ETag"]
    assert answer.get_data() == plain.get_data()


@pytest.mark.parametrize("form", [Form.GPKG, Form.PARQUET])
def test_binary_forms_are_not_compressed_again(client: FlaskClient, form: Form) -> None:
    answer = client.get(
        f"/api/v1/export/{form}?substance=7-oh", headers={"Accept-Encoding": "gzip, br, zstd"}
    )

    assert "Content-Encoding" not in answer.headers
    assert answer.content_length == len(answer.get_data())


def test_a_file_that_is_dropped_while_it_is_sent_arrives_whole(
    app: Flask, client: FlaskClient
) -> None:
    address = "/api/v1/export/csv?on=2012-02-03"
    whole = client.get(address).get_data()
    answer = client.get(address, buffered=False)
    for file in dropped(app, answer):
        file.unlink()

    assert answer.get_data() == whole


def test_a_file_that_is_dropped_before_it_is_open_is_made_again(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "/api/v1/export/csv?on=2012-02-04"
    whole = client.get(address).get_data()
    find, times = shelf.Shelf.find, []

    def found_and_dropped(self: shelf.Shelf, name: str) -> shelf.Shelved | None:
        found = find(self, name)
        times.append(found)
        if found is not None and len(times) == 2:  # the first time it is asked for its digest
            found.path.unlink()
        return found

    monkeypatch.setattr(shelf.Shelf, "find", found_and_dropped)

    answer = client.get(address)

    assert (answer.status_code, answer.get_data()) == (200, whole)
    assert [one is None for one in times] == [False, False, True]


def test_the_server_is_told_the_file(app: Flask) -> None:
    wanted = {"Accept-Encoding": "gzip"}
    for headers, suffix in (({}, ""), (wanted, "gz")):
        with app.test_request_context("/api/v1/export/csv", headers=headers) as context:
            answer = app.full_dispatch_request()
            file: Path = context.request.environ[FILE]
            etag = answer.headers["ETag"]
            answer.close()

        assert file.stat().st_size == answer.content_length
        assert suffix in file.name
        assert file.stem[-64:] in etag
    with app.test_request_context("/api/v1/export/csv", method="HEAD") as context:
        app.full_dispatch_request().close()
        assert FILE not in context.request.environ  # nothing is sent
