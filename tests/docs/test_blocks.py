"""The fenced blocks of the pages keep to the convention, so that none is passed over unseen."""

from pathlib import Path

import pytest

from tests.docs.blocks import DOCS, RUNNABLE, SHOWN, blocks, examples, pages

ALL = {page.relative_to(DOCS).as_posix(): page for page in pages()}


@pytest.mark.parametrize("page", ALL.values(), ids=ALL)
def test_every_fence_is_a_block_of_a_known_language(page: Path) -> None:
    fences = [line for line in page.read_text().splitlines() if line.lstrip().startswith("```")]
    found = blocks(page)
    assert len(fences) == 2 * len(found), "a fence is not closed, or indented otherwise"
    for block in found:
        assert block.language in RUNNABLE | SHOWN, f"{block.where}: language {block.language!r}"


@pytest.mark.parametrize("page", ALL.values(), ids=ALL)
def test_a_block_that_is_not_run_says_why(page: Path) -> None:
    for block in blocks(page):
        if block.language in RUNNABLE and not block.runs:
            assert block.reason, block.where
            assert len(block.reason) > 10, f"{block.where}: that is no reason"


@pytest.mark.parametrize("page", ALL.values(), ids=ALL)
def test_output_follows_what_runs(page: Path) -> None:
    shown = [block for block in blocks(page) if block.is_output]
    assert [example.output for example in examples(page) if example.output] == shown


def test_examples_are_found_in_tabs_and_with_their_reasons(tmp_path: Path) -> None:
    page = DOCS / "operate" / "writing.md"
    found = blocks(page)
    assert any(block.runs for block in found)
    assert any(block.language in RUNNABLE and block.reason for block in found)
