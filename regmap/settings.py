"""Every knob of regmap: its default and its meaning, read from ``REGMAP_*`` in the environment."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from regmap.domain.errors import RegmapError

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("production", "development")
SHORTEST_KEY = 32
"""Characters of a secret key below which it could be guessed; we tell people to make 64."""

_CHOICES = {
    "environment": ENVIRONMENTS,
    "rate_limits": ("on", "off"),
    "https_only": ("on", "off"),
    "access_log": ("off", "writes", "all"),
    "log_format": ("json", "text"),
}
_CONTACTS = ("mailto:", "https://")
_REDIS = ("redis://", "rediss://", "unix://")


class InvalidSetting(RegmapError):
    """A setting that cannot be used."""


def _knob(default: Any, meaning: str, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"meaning": meaning, "secret": secret}, repr=not secret)


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set; each field is the environment variable ``REGMAP_<FIELD>``."""

    database_url: str = _knob(
        f"sqlite:///{ROOT / 'var' / 'regmap.sqlite'}",
        "the database: sqlite:///path/to/file or postgresql://user@host/name",
    )
    database_read_url: str = _knob(
        "", "a PostgreSQL that follows the other, to read from; without, all is read from that one"
    )
    data_dir: Path = _knob(ROOT / "data", "the folder with records/, boundaries/ and gazetteer/")
    static_dir: Path = _knob(ROOT / "static", "the folder with what browsers load")
    cache_dir: Path = _knob(
        ROOT / "var" / "cache", "a folder for what can be made again: it only saves time"
    )
    boundaries_dir: Path = _knob(
        ROOT / "var" / "boundaries", "a folder for boundaries that the operator imported"
    )
    environment: str = _knob(
        "production", "production, or development: there a run without a key makes its own"
    )
    secret_key: str = _knob(
        "",
        "signs sessions and receipts, 32 characters or more; needed to serve;"
        " several with commas: the first signs, all check",
        secret=True,
    )
    rate_limits: str = _knob("on", "on, or off: how much one address may ask, send and try")
    redis_url: str = _knob(
        "",
        "a Redis where all workers and machines count together (redis://, rediss:// or unix://);"
        " without, each worker counts for itself",
        secret=True,
    )
    trusted_proxies: int = _knob(
        0, "how many proxies of yours stand in front, each adding to X-Forwarded-For"
    )
    host: str = _knob("127.0.0.1", "the address that `regmap serve` listens on")
    port: int = _knob(8000, "the port that `regmap serve` listens on")
    workers: int = _knob(1, "how many worker processes `regmap serve` starts")
    https_only: str = _knob(
        "off", "on: browsers are told to come by https alone, and cookies go by nothing else"
    )
    access_log: str = _knob(
        "writes", "which requests are logged: off, writes or all; failures always are"
    )
    log_format: str = _knob("json", "how logs are written: json, a line each, or text")
    metrics_token: str = _knob(
        "", "who asks for /metrics has to send it (Authorization: Bearer …)", secret=True
    )
    security_contact: str = _knob(
        "", "where to report a weakness (mailto:… or https://…): makes /.well-known/security.txt"
    )

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
        _check_range("trusted_proxies", settings.trusted_proxies, 0, 10)
        for name, choices in _CHOICES.items():
            _check_choice(name, getattr(settings, name), choices)
        _check_beginning("redis_url", settings.redis_url, _REDIS)
        _check_beginning("security_contact", settings.security_contact, _CONTACTS)
        return settings

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The keys: the first signs, all check."""
        return tuple(key.strip() for key in self.secret_key.split(",")) if self.secret_key else ()

    @property
    def has_weak_key(self) -> bool:
        """Whether a key is so short that it could be guessed."""
        return any(len(key) < SHORTEST_KEY for key in self.secret_keys)

    def for_serving(self) -> "Settings":
        """The same with a key to sign with: in development one is made where none is set.

        :raises InvalidSetting: if there is no key in production, or an empty one among several.
        """
        if not self.secret_key and self.environment == "development":
            return replace(self, secret_key=secrets.token_hex(32))
        advice = '`python -c "import secrets; print(secrets.token_hex(32))"` makes one'
        if not self.secret_key:
            raise InvalidSetting(
                f"{variable('secret_key')}: is not set; without it nothing is served"
                f" (but with {variable('environment')}=development); {advice}"
            )
        if not all(self.secret_keys):
            raise InvalidSetting(f"{variable('secret_key')}: has an empty key; {advice}")
        return self


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"REGMAP_{name.upper()}"


def _converted(name: str, kind: Any, text: str) -> Any:
    if kind in (int, "int"):
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise InvalidSetting(f"{variable(name)}: {text!r} is not a whole number")
        return int(text)
    return Path(text) if kind in (Path, "Path") else text


def _check_choice(name: str, value: str, choices: Collection[str]) -> None:
    if value not in choices:
        raise InvalidSetting(f"{variable(name)}: must be {' or '.join(choices)}, not {value!r}")


def _check_beginning(name: str, value: str, beginnings: tuple[str, ...]) -> None:
    if value and not value.startswith(beginnings):
        raise InvalidSetting(f"{variable(name)}: must begin with one of {', '.join(beginnings)}")


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise InvalidSetting(f"{variable(name)}: must be from {low} to {high}, not {value}")
