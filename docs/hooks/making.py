"""Parts of the pages that are made from the code and the data when the documentation is built.

A comment ``<!-- made: NAME WORDS -->`` in a page is replaced by what ``PARTS[NAME](*WORDS)`` gives:
Markdown, or HTML on lines of its own. So no table of columns, settings or codes is written twice.
"""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))  # MkDocs takes it away again after loading

import codebook
import commands
import doubts
import pictures
import shown_scripts
import tables

PARTS: Mapping[str, Callable[..., str]] = {
    "codebook": codebook.included,
    "columns": tables.columns,
    "tables": tables.listed,
    "settings": tables.settings,
    "statuses": tables.statuses,
    "limits": tables.limits,
    "commands": commands.listed,
    "doubts": doubts.counted,
    "picture": pictures.drawn,
    "script": shown_scripts.shown,
}

_MARK = re.compile(r"^<!-- made: ([a-z-]+)((?: [\w-]+)*) -->$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put what is made into a page (MkDocs calls this for each).

    :raises KeyError: if a page asks for a part that nobody makes.
    """
    return _MARK.sub(lambda mark: PARTS[mark[1]](*mark[2].split()), markdown)
