"""What browsers load beside the pages, under addresses that carry a hash of all of it.

A browser may keep them for ever: when anything changes, the address does. Our own styles and
scripts are written in files by topic and served joined, because every request costs a round trip.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, current_app, send_from_directory
from werkzeug.exceptions import NotFound

from regmap.http import caching

_EXTENSION = "regmap-assets"

# The order is that of the cascade: what is general first.
STYLES = (
    "tokens",
    "base",
    "components",
    "map",
    "check",
    "charts",
    "tables",
    "docs",
    "ogc",
    "data",
    "corrections",
    "curation",
    "print",
)
# Each file adds to the one global, ``regmap``; the map's element is folium's (folium_map.py).
# ``core`` makes that global, ``app`` uses all others.
MAP_SCRIPTS = (
    "map/core",
    "map/data",
    "map/state",
    "map/law",
    "map/shapes",
    "map/popup",
    "map/time",
    "map/legend",
    "map/find",
    "map/share",
    "map/app",
)


@dataclass(frozen=True)
class Asset:
    """A file made of several."""

    body: bytes
    mimetype: str


class Assets:
    """The files of ``static/`` and the joined ones, with their addresses.

    :param made: further files by name, made when the program starts.
    """

    def __init__(self, static_dir: Path, made: dict[str, Asset]) -> None:
        self._static_dir = static_dir
        css, js = static_dir / "css", static_dir / "js"
        self._joined = {
            "site.css": Asset(_joined(css / f"{name}.css" for name in STYLES), "text/css"),
            **made,
        }
        if "map.js" in made:
            own = _joined(js / f"{name}.js" for name in MAP_SCRIPTS)
            self._joined["map.js"] = Asset(own + b"\n" + made["map.js"].body, "text/javascript")
        self.version = self._hash()

    def url(self, name: str) -> str:
        """The address of a file: of a joined one by name, else by its path in ``static/``."""
        return f"/assets/{self.version}/{name}"

    def text(self, name: str) -> str:
        """The contents of a file, for a page that holds everything itself."""
        return self.body(name).decode()

    def body(self, name: str) -> bytes:
        """The contents of a file.

        :raises OSError: if there is none of that name.
        """
        joined = self._joined.get(name)
        return joined.body if joined else (self._static_dir / name).read_bytes()

    def answer(self, name: str) -> Response:
        """A file, to be kept for ever.

        :raises NotFound: if there is none of that name.
        """
        joined = self._joined.get(name)
        if joined is not None:
            return caching.answer(joined.body, joined.mimetype, caching.FOREVER)
        response = send_from_directory(self._static_dir, name)
        response.headers["Cache-Control"] = caching.FOREVER
        return response

    def _hash(self) -> str:
        digest = hashlib.sha256()
        for file in sorted(self._static_dir.rglob("*")):
            if file.is_file():
                digest.update(file.relative_to(self._static_dir).as_posix().encode())
                digest.update(file.read_bytes())
        for asset in self._joined.values():
            digest.update(asset.body)
        return digest.hexdigest()[:12]


def join_assets(app: Flask, assets: Assets) -> None:
    """Serve the files; templates find their addresses by ``asset(name)``."""
    app.extensions[_EXTENSION] = assets
    app.jinja_env.globals["asset"] = assets.url

    @app.get("/assets/<version>/<path:name>")
    def asset(version: str, name: str) -> Response:
        """A file that pages load."""
        if version != assets.version:
            raise NotFound
        return assets.answer(name)


def present_assets() -> Assets:
    """The files of the current app."""
    found: Assets = current_app.extensions[_EXTENSION]
    return found


def _joined(files: Iterable[Path]) -> bytes:
    return b"\n".join(file.read_bytes() for file in files)
