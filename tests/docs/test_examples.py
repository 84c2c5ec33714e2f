"""Every example of the documentation runs against a live server and prints what its page shows."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs import session
from tests.docs.blocks import DOCS, Example, examples, pages, writes
from tests.docs.compared import difference
from tests.docs.conftest import NewSite, Site

ADDRESS = "http://127.0.0.1:8000"
PAGE_SECONDS = 240
RUNNING = {
    page.relative_to(DOCS).as_posix(): page
    for page in pages()
    if any(example.block.runs for example in examples(page))
}


@pytest.fixture
def site(page: Path, new_site: NewSite, request: pytest.FixtureRequest) -> Iterator[Site]:
    """The server that a page is run against: the shared one, or its own if its examples write."""
    if writes(page):
        with new_site() as own:
            yield own
    else:
        yield request.getfixturevalue("shared_site")


@pytest.mark.parametrize("page", RUNNING.values(), ids=RUNNING)
def test_examples_do_what_the_page_says(page: Path, site: Site, tmp_path: Path) -> None:
    wanted = examples(page)
    results = run(wanted, site, tmp_path)
    for example, (printed, failed) in zip(wanted, results, strict=False):
        assert not failed, f"{example.block.where}\n{example.block.text}\n{printed}\n{failed}"
        if example.output is not None:
            shown = example.output.text
            told = difference(example.output.language, shown, printed)
            assert told is None, f"{example.output.where}: {told}"
    assert len(results) == len(wanted)


def run(wanted: list[Example], site: Site, folder: Path) -> list[tuple[str, str | None]]:
    """Run examples in a folder; what each printed, and how it failed."""
    blocks = [
        {
            "language": "file" if example.block.is_file else example.block.language,
            "title": example.block.title,
            "text": example.block.text.replace(ADDRESS, site.server.address),
            "where": example.block.where,
        }
        for example in wanted
    ]
    done = subprocess.run(
        [sys.executable, session.__file__],
        input=json.dumps(blocks),
        capture_output=True,
        text=True,
        cwd=folder,
        env=site.settings,
        timeout=PAGE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    return [
        (one["printed"].replace(site.server.address, ADDRESS), one["failed"]) for one in results
    ]
