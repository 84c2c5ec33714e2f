"""The codebook as a part of a page: ``data/CODEBOOK.md`` without its own title."""

from regmap.settings import ROOT


def included() -> str:
    """The text of the codebook after its title and the note for editors."""
    text = (ROOT / "data" / "CODEBOOK.md").read_text(encoding="utf-8")
    return text[text.index("\n## ") :]
