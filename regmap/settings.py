"""Every knob of regmap: its default and its meaning, read from ``REGMAP_*`` in the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from regmap.domain.errors import RegmapError

ROOT = Path(__file__).resolve().parent.parent


class InvalidSetting(RegmapError):
    """A setting that cannot be used."""


def _knob(default: Any, meaning: str, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"meaning": meaning, "secret": secret}, repr=not secret)


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set; each field is the environment variable ``REGMAP_<FIELD>``."""

    database_url: str = _knob(
        f"sqlite:///{ROOT / 'var' / 'regmap.sqlite'}", "the database, as an SQLAlchemy URL"
    )
    data_dir: Path = _knob(ROOT / "data", "the folder with records/, boundaries/ and gazetteer/")
    static_dir: Path = _knob(ROOT / "static", "the folder with what browsers load")
    cache_dir: Path = _knob(
        ROOT / "var" / "cache", "a folder for what can be made again: it only saves time"
    )
    boundaries_dir: Path = _knob(
        ROOT / "var" / "boundaries", "a folder for boundaries that the operator imported"
    )
    secret_key: str = _knob(
        "",
        "signs receipts; several with commas: the first signs, all check. Without: no receipts",
        secret=True,
    )
    host: str = _knob("127.0.0.1", "the address that `regmap serve` listens on")
    port: int = _knob(8000, "the port that `regmap serve` listens on")
    workers: int = _knob(1, "how many worker processes `regmap serve` starts")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings.

        :raises InvalidSetting: naming the variable that is wrong.
        """
        values: dict[str, Any] = {}
        for knob in fields(cls):
            text = environment.get(variable(knob.name), "")
            if text:
                values[knob.name] = _converted(knob.name, knob.type, text)
        settings = cls(**values)
        _check_range("port", settings.port, 0, 65_535)
        _check_range("workers", settings.workers, 1, 256)
        return settings


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"REGMAP_{name.upper()}"


def _converted(name: str, kind: Any, text: str) -> Any:
    if kind in (int, "int"):
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise InvalidSetting(f"{variable(name)}: {text!r} is not a whole number")
        return int(text)
    return Path(text) if kind in (Path, "Path") else text


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise InvalidSetting(f"{variable(name)}: must be from {low} to {high}, not {value}")
