"""A file is put in place whole, or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from regmap.files import put_whole, replace_whole, workshop


def no_space(descriptor: int) -> None:
    """What a full disk says when the file is to be on it."""
    raise OSError(28, "No space left on device")


def test_a_file_takes_the_place_of_the_one_before_and_folders_are_made(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "c.json"

    assert replace_whole(file, b"one")
    assert replace_whole(file, b"two")

    assert file.read_bytes() == b"two"
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_who_may_read_it_is_up_to_the_umask(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        put_whole(tmp_path / "x", b"")
    finally:
        os.umask(before)

    assert (tmp_path / "x").stat().st_mode & 0o777 == mode


def test_a_disk_that_refuses_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"before")
    monkeypatch.setattr(os, "fsync", no_space)

    assert not replace_whole(file, b"after")
    with pytest.raises(OSError, match="No space left"):
        put_whole(file, b"after")

    assert file.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"in the way")

    assert not replace_whole(tmp_path / "file" / "x", b"")
    with pytest.raises(OSError, match="file"):
        put_whole(tmp_path / "file" / "x", b"")


def test_it_is_on_the_disk_before_it_is_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(os, "fsync", lambda _: seen.append((tmp_path / "x").exists()))

    put_whole(tmp_path / "x", b"content")

    assert seen == [False]
    assert (tmp_path / "x").read_bytes() == b"content"


def test_of_two_writers_at_once_one_file_stays_whole(tmp_path: Path) -> None:
    contents = [bytes([number]) * 100_000 for number in range(8)]
    threads = [
        threading.Thread(target=replace_whole, args=(tmp_path / "x", content))
        for content in contents
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (tmp_path / "x").read_bytes() in contents
    assert list(tmp_path.iterdir()) == [tmp_path / "x"]


def _work_half_way(folder: Path) -> None:
    with workshop(folder) as making:
        (making / "half").write_bytes(b"half")
        raise ValueError("half way")


def test_what_is_left_in_a_workshop_goes_away_with_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="half way"):
        _work_half_way(tmp_path / "new")

    assert list((tmp_path / "new").iterdir()) == []
