"""Scripts of ``docs/examples`` as parts of pages: shown whole, under their names."""

from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"


def shown(name: str) -> str:
    """The text of a script as a block with its file name as the title."""
    text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    return f'```python title="{name}.py"\n{text}```'
