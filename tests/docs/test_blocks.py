"""The fenced blocks of the pages keep to the convention, so that none is passed over unseen."""

from pathlib import Path

import pytest

from tests.docs.blocks import DOCS, RUNNABLE, SHOWN, blocks, examples, pages

ALL = {page.relative_to(DOCS).as_posix(): page for page in pages()}


@pytest.mark.parametrize("page", ALL.values(), ids=ALL)
def test_every_fence_is_a_block_of_a_known_language(page: Path) -> None:
    fences = [line for line in page.read_text().splitlines() if line.lstrip().startswith("```")]
    found = blocks(page)
    scripts = page.read_text().count("<!-- made: script ")
    assert len(fences) == 2 * (len(found) - scripts), "a fence is not closed, or indented otherwise"
    for block in found:
        assert block.language in RUNNABLE | SHOWN, f"{block.where}: language {block.language!r}"


@pytest.mark.parametrize("page", ALL.values(), ids=ALL)
def test_a_block_that_is_not_run_says_why(page: Path) -> None:
    for block in blocks(page):
        if block.language in RUNNABLE and not block.runs and not block.is_file:
            assert block.reason, block.where
            assert len(block.reason) > 10, f"{block.where}: that is no reason"


@pytest.mark.parametrize("page", ALL.values(), ids=ALL)
def test_output_follows_what_runs(page: Path) -> None:
    shown = [block for block in blocks(page) if block.is_output]
    assert [example.output for example in examples(page) if example.output] == shown


def test_examples_are_found_with_their_reasons() -> None:
    found = blocks(DOCS / "operate" / "writing.md")
    assert any(block.runs for block in found)
    assert any(block.language in RUNNABLE and block.reason for block in found)


def test_examples_are_found_in_tabs() -> None:
    page = DOCS / "api" / "places.md"
    assert "    ```sh\n    curl" in page.read_text()
    assert any(block.runs and block.text.startswith("curl") for block in blocks(page)[:1])
