"""``README.md`` and ``LICENSE.txt`` of a release: what people read first."""

from collections.abc import Iterable
from itertools import groupby

from regmap.services.naming import LICENCE as LICENCE_URL
from regmap.services.naming import TITLE
from regmap.services.publishing.edition import (
    CHECKSUMS,
    DESCRIPTION,
    LICENCE_TITLE,
    REVISIONS,
    Edition,
    Part,
)
from regmap.services.publishing.facts import plain
from regmap.services.publishing.survey import Survey

README = "README.md"
LICENSE = "LICENSE.txt"

_CHAIN = f"""\
    import hashlib, json
    previous = "0" * 64
    for number, text in enumerate(open("{REVISIONS}", encoding="utf-8"), start=1):
        line = json.loads(text)
        sealed = {{name: line[name] for name in line if name != "hash"}}
        told = json.dumps(sealed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert line["revision"] == number and line["previous_hash"] == previous, number
        assert line["hash"] == hashlib.sha256(told.encode()).hexdigest(), number
        previous = line["hash"]
    print(number, previous)
"""


def readme_text(edition: Edition, parts: Iterable[Part], found: Survey) -> str:
    """The text of the package's README.

    :param found: its own numbers.
    """
    sections = (
        f"# {TITLE}",
        f"Release {plain(edition.name)}, data version `{edition.version}`: revision"
        f" {edition.revision}, recorded on {edition.dated} (UTC).",
        DESCRIPTION,
        "## Files",
        _files(parts),
        "`datapackage.json` (Frictionless) describes every column; `CODEBOOK.md` says what every"
        " code means; `CHANGELOG.md` which facts are others than in the release before, and why;"
        " `dcat.jsonld` is for catalogues. A CSV cell that is empty means: not known;"
        " `NA` is Namibia (in pandas: `keep_default_na=False, na_values=['']`). A text that a"
        " spreadsheet would run as a formula has an apostrophe in front, in CSV alone. Dates of law"
        " are as precise as they are known (`2019`, `2019-03`, `2019-03-18`); periods are"
        " half-open: `from` is in, `to` is out. Shapes are in WGS 84, longitude first, and"
        " simplified: good for maps, too coarse to look up an address.",
        "## Known doubts",
        _doubts(edition, found),
        "## Cite it",
        f"> {edition.citation}",
        "`CITATION.cff` says the same for programs. A data version never changes: its name is the"
        " number of its last revision and the start of that one's hash.",
        "## Check it",
        f"    sha256sum -c {CHECKSUMS}\n    regmap release --check .",
        f"`{REVISIONS}` is the whole edit log. Each line is sealed: its `hash` is the SHA-256 (hex)"
        " of all its other fields as JSON in UTF-8, with sorted keys and no spaces, and"
        " `previous_hash` is the `hash` of the line before (64 zeros in the first). `document` is"
        " JSON as a text, because that text is what was sealed. Without regmap, in Python:",
        _CHAIN,
        f"It prints `{edition.revision} {edition.sealed}`. Compare that with what the publisher"
        " says, at `/api/v1/revisions` say: checksums alone do not tell who made them.",
        "Made again from the same version on the same day, every file is the same byte by byte,"
        " but for GeoPackage and Parquet, whose writers may differ.",
        "## Licence",
        f"Data: {LICENCE_TITLE}, {LICENCE_URL}; see `{LICENSE}`.",
    )
    return "\n\n".join(section.rstrip() for section in sections) + "\n"


def license_text(edition: Edition) -> str:
    """The notice of the licence, and whose work the shapes are."""
    lines = [
        f"{TITLE}, data version {edition.version}",
        "",
        f"Licensed under {LICENCE_TITLE} (CC BY 4.0):",
        LICENCE_URL,
        "",
        "You may share and adapt the data, for any purpose, if you give credit and say what you",
        "changed. Credit:",
        "",
        f"  {edition.citation}",
        "",
        "The shapes are made from works in the public domain; please credit",
        '"U.S. Census Bureau, cartographic boundary files" and "Natural Earth".',
    ]
    lines += [
        f"Limits imported by the publisher: {one} ({terms})" for one, terms in edition.credits
    ]
    return "\n".join([*lines, ""])


def _files(parts: Iterable[Part]) -> str:
    """A line a table or text, with the formats that it is there in."""
    lines = ["| files | what they hold | rows |", "| --- | --- | ---: |"]
    for (description, rows), same in groupby(parts, key=lambda one: (one.description, one.rows)):
        paths = ", ".join(f"`{part.path}`" for part in same)
        lines.append(f"| {paths} | {description} | {'' if rows is None else f'{rows:,}'} |")
    return "\n".join(lines)


def _doubts(edition: Edition, found: Survey) -> str:
    return "\n".join(
        (
            f"Of {found.rows:,} rows in `statuses.csv` (jurisdiction by substance, on"
            f" {edition.on}):",
            "",
            f"- {found.by_status['unknown']:,} are `unknown`: never to be read as lawful;",
            f"- {found.low:,} rest on evidence of low confidence (`confidence`);",
            f"- {found.doubted:,} have at least one reason to doubt them (`doubts`, `warnings`);",
            f"- in {found.perhaps_stricter:,} something stricter may hold"
            " (`strictest_possible`): limits are approximate, or not loaded.",
            "",
            "Rules below the level of a state are known where somebody looked: that a county or"
            " town is not listed does not mean that it has none. The panel by month tells what is"
            " known today of the past, not what was known then; `revisions.jsonl` has that.",
        )
    )
