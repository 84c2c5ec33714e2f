"""The fenced blocks of a page: what runs, what it must print, and what need not run and why.

The convention is told to writers in ``docs/operate/writing.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from regmap.settings import ROOT

DOCS = ROOT / "docs"
RUNNABLE = frozenset({"python", "sh"})
SHOWN = frozenset({"text", "json", "yaml", "csv", "nginx", "ini", "http"})
OUTPUT = "Output"

_BLOCK = re.compile(
    r"(?P<reason><!-- not run: (?P<why>[^\n]*?) -->\n\s*)?"
    r"^(?P<indent>[ ]*)```(?P<language>[^\s`]*)[ ]*(?P<options>[^\n`]*)\n"
    r"(?P<body>.*?)"
    r"^(?P=indent)```[ ]*$",
    re.MULTILINE | re.DOTALL,
)
_FILE_NAME = re.compile(r"[a-z-]+\.[a-z]+")
_SCRIPT = re.compile(r"^<!-- made: script ([a-z-]+) -->$", re.MULTILINE)
_TITLE = re.compile(r'title="([^"]*)"')


@dataclass(frozen=True)
class Block:
    """One fenced block: its page and line, language, title, text, and why it is not run."""

    page: str
    line: int
    language: str
    title: str | None
    text: str
    reason: str | None

    @property
    def where(self) -> str:
        return f"docs/{self.page}:{self.line}"

    @property
    def runs(self) -> bool:
        return self.language in RUNNABLE and self.reason is None and not self.is_file

    @property
    def is_output(self) -> bool:
        return self.title == OUTPUT

    @property
    def is_file(self) -> bool:
        """Whether it shows a file, which is put into the folder that the examples run in."""
        return self.title is not None and _FILE_NAME.fullmatch(self.title) is not None


@dataclass(frozen=True)
class Example:
    """A block to run, and the output that the page shows for it."""

    block: Block
    output: Block | None = None


def pages() -> list[Path]:
    """Every page, by its path."""
    return sorted(DOCS.rglob("*.md"))


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order."""
    text = _SCRIPT.sub(_shown, page.read_text(encoding="utf-8"))
    name = page.relative_to(DOCS).as_posix()
    return [_block(name, text, found) for found in _BLOCK.finditer(text)]


def examples(page: Path) -> list[Example]:
    """What runs on a page, in order; files come as blocks that are not run."""
    return list(_paired(blocks(page)))


def writes(page: Path) -> bool:
    """Whether the examples of a page write, so that they need a server of their own."""
    return page.read_text(encoding="utf-8").startswith("---\nexamples: own server\n---\n")


def _block(page: str, text: str, found: re.Match[str]) -> Block:
    title = _TITLE.search(found["options"])
    return Block(
        page=page,
        line=text.count("\n", 0, found.start("language")) + 1,
        language=found["language"],
        title=title[1] if title else None,
        text=dedent(found["body"]),
        reason=found["why"],
    )


def _shown(script: re.Match[str]) -> str:
    """A script as the page shows it (``docs/hooks/shown_scripts.py``)."""
    text = (DOCS / "examples" / f"{script[1]}.py").read_text(encoding="utf-8")
    return f'```python title="{script[1]}.py"\n{text}```'


def _paired(found: list[Block]) -> Iterator[Example]:
    last: Block | None = None
    for block in found:
        if block.is_output:
            assert last is not None, f"{block.where}: output of nothing that runs"
            yield Example(last, block)
            last = None
            continue
        if last is not None:
            yield Example(last)
            last = None
        if block.runs:
            last = block
        elif block.is_file:
            yield Example(block)
    if last is not None:
        yield Example(last)
