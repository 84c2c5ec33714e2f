"""Files: on the disk whole, or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from regmap.client import AsyncClient, BadAnswer, InvalidInput, NoAnswer, Patience, Unavailable
from tests.client.scripted import Answer, Script, a_problem

CONTENT = b"jurisdiction,status\r\nUS,unregulated\r\n" * 1_000
DIGEST = hashlib.sha256(CONTENT).hexdigest()
ONCE = Patience(tries=1)


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in pieces, which may break off."""

    def __init__(self, *pieces: bytes, breaks: bool = False) -> None:
        self.pieces, self.breaks = pieces, breaks

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces
        if self.breaks:
            raise httpx.ReadError("gone")

    async def __aiter__(self):  # type: ignore[no-untyped-def]  # an iterator of bytes
        for piece in self:
            yield piece


def a_file(*pieces: bytes, breaks: Any = False, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(200, headers=named, stream=Pieces(*pieces, breaks=breaks))


def whole(**headers: str) -> Answer:
    return a_file(CONTENT[:100], CONTENT[100:], ETag=f'"{DIGEST}"', **headers)


@pytest.mark.parametrize("awaited", [False, True], ids=["waiting", "awaited"])
def test_a_file_is_written_whole(tmp_path: Path, awaited: bool) -> None:
    to = tmp_path / "regmap.csv"
    to.write_text("the last one")
    script = Script([whole(Content_Length=str(len(CONTENT)))])

    async def ask(client: AsyncClient) -> object:
        return await client.export("csv", to=to, table="periods", on="2020-01-01")

    if awaited:
        written = script.awaited(ask)
    else:
        with script.client() as client:
            written = client.export("csv", to=to, table="periods", on="2020-01-01")

    assert to.read_bytes() == CONTENT
    assert (written.path, written.bytes, written.sha256) == (to, len(CONTENT), DIGEST)
    assert list(tmp_path.iterdir()) == [to]
    assert str(script.asked[0].url).endswith("/export/csv?table=periods&on=2020-01-01")


BROKEN: dict[str, tuple[Answer, type[Exception]]] = {
    "breaks off": (a_file(CONTENT[:100], breaks=True), NoAnswer),
    "shorter than it says": (a_file(CONTENT[:100], Content_Length="101"), NoAnswer),
    "longer than it says": (a_file(CONTENT[:100], Content_Length="99"), NoAnswer),
    "empty, which it does not say": (a_file(Content_Length="99"), NoAnswer),
    "not what its ETag says": (a_file(CONTENT[:-1], ETag=f'"{DIGEST}"'), NoAnswer),
    "no longer packed well": (a_file(b"not gzip", Content_Encoding="gzip"), NoAnswer),
    "a refusal": (a_problem(422), InvalidInput),
    "not now": (a_problem(503), Unavailable),
    "unchanged, of nothing": (httpx.Response(304), Exception),
}


@pytest.mark.parametrize(("answer", "raised"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_does_not_come_whole_leaves_the_last_one(
    tmp_path: Path, answer: Answer, raised: type[Exception]
) -> None:
    to = tmp_path / "regmap.csv"
    to.write_text("the last one")

    with Script([answer]).client(patience=ONCE) as client, pytest.raises(raised):
        client.export("csv", to=to)

    assert to.read_text() == "the last one"
    assert list(tmp_path.iterdir()) == [to]


def test_a_file_that_broke_off_is_begun_anew(tmp_path: Path) -> None:
    script = Script([a_file(CONTENT[:100], breaks=True), a_problem(503), whole()])

    with script.client() as client:
        client.export("csv", to=tmp_path / "a.csv")

    assert (tmp_path / "a.csv").read_bytes() == CONTENT
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_takes_the_file_by_the_servers_name(tmp_path: Path) -> None:
    name = "regmap-statuses-on-2026-11-23-643-a2206c5f8670.csv"
    script = Script([whole(Content_Disposition=f'attachment; filename="{name}"')])

    with script.client() as client:
        written = client.export("csv", to=str(tmp_path))

    assert written.path == tmp_path / name
    assert written.path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "name", ["", "../up.csv", "/etc/passwd", "a/b.csv", "..", ".hidden", "a\\b", "x" * 300, "a b"]
)
def test_a_name_that_is_no_plain_one_is_not_used(tmp_path: Path, name: str) -> None:
    script = Script([whole(Content_Disposition=f'attachment; filename="{name}"')])

    with script.client() as client, pytest.raises(BadAnswer, match="name"):
        client.export("csv", to=tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told_by_the_system(tmp_path: Path) -> None:
    with Script([whole()]).client() as client, pytest.raises(FileNotFoundError):
        client.export("csv", to=tmp_path / "no folder" / "a.csv")
