"""Logs: one line for each event, as JSON or as text, and nothing in it of who asked.

Addresses, browsers, queries, bodies and tokens are never handed to a logger. What errors quote is
cleaned: a database names the values that it could not store, a URL may hold a password.
"""

import json
import logging
import logging.config
import re
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any

from structlog.stdlib import ProcessorFormatter

from regmap.http import request_id
from regmap.settings import Settings

log = logging.getLogger("regmap")

LONGEST_EVENT = 2_000
LONGEST_TRACE = 20_000
"""Characters of a line's texts that are kept: of an event the first, of a traceback the last."""

FACTS = "facts"
"""The attribute of a log record that holds further fields of its line."""

_READING = ("GET", "HEAD", "OPTIONS")
_FIELDS = ("time", "level", "event", "request_id")
_CLEANING = (
    (re.compile(r"\[parameters: .*?\](?=\n|$)", re.DOTALL), "[parameters]"),
    (re.compile(r"://[^\s/@]{1,500}@"), "://[secret]@"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"), "[e-mail]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 [secret]"),
)
_LINE_BREAK = "\n"


class RequestLog:
    """Writes a line for a request, if it is one of those that are wanted.

    :param wanted: ``off``, ``writes`` (whatever does not only read) or ``all``; failures always.
    :param data_version: gives the version that is answered from.
    """

    def __init__(self, wanted: str, data_version: Callable[[], str]) -> None:
        self.wants_all = wanted == "all"
        self._wants_writes = wanted != "off"
        self._data_version = data_version

    def write(
        self, id: str, method: str, route: str, status: int, seconds: float, error: Any = None
    ) -> None:
        """Log a request that was answered.

        :param route: the template of its address, which holds nothing that anybody typed.
        :param error: what made it fail, if anything did.
        """
        is_failure = status >= 500
        is_wanted = self.wants_all or (self._wants_writes and method not in _READING)
        if not is_failure and not is_wanted:
            return
        facts = {
            "request_id": id,
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 2),
            "data_version": self._data_version(),
        }
        # what is only busy says when to come again: no news for whoever runs the site
        is_busy = is_failure and getattr(error, "retry_after", None) is not None
        is_news = is_failure and not is_busy
        log.log(
            logging.ERROR if is_news else logging.INFO,
            "%s %s %s",
            method,
            route,
            "failed" if is_failure else "answered",
            exc_info=error if is_news else None,
            extra={FACTS: facts},
        )


def configuration(settings: Settings) -> dict[str, Any]:
    """How Python's logging is set up: everything goes to standard error (``dictConfig``)."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"()": "regmap.http.logs.formatter", "kind": settings.log_format},
        },
        "handlers": {
            "stderr": {
                "class": "regmap.http.log_writer.BackgroundHandler",
                "formatter": "line",
            }
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"regmap": {"level": "INFO"}, "_granian": {"level": "INFO"}},
    }


def set_up(settings: Settings) -> None:
    """Have this process write its logs as the settings say."""
    logging.config.dictConfig(configuration(settings))
    logging.captureWarnings(True)


def formatter(kind: str) -> ProcessorFormatter:
    """What makes a line of a log record.

    :param kind: ``json`` or ``text``.
    """
    return ProcessorFormatter(processors=[_line, _as_text if kind == "text" else _as_json])


def _line(_: Any, __: str, told: MutableMapping[str, Any]) -> Mapping[str, Any]:
    record: logging.LogRecord = told["_record"]
    moment = datetime.fromtimestamp(record.created, UTC)
    line: dict[str, Any] = {
        "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "event": _clean(str(told["event"]))[:LONGEST_EVENT],
    }
    id = request_id.current()
    if id is not None:
        line["request_id"] = id
    line.update(getattr(record, FACTS, {}))
    if told.get("exc_info"):
        trace = logging.Formatter().formatException(told["exc_info"])
        line["exception"] = _clean(trace)[-LONGEST_TRACE:]
    return line


def _clean(text: str) -> str:
    for pattern, instead in _CLEANING:
        text = pattern.sub(instead, text)
    return text


def _as_json(_: Any, __: str, line: Mapping[str, Any]) -> str:
    # ASCII alone: no byte of it can steer a terminal or end the line
    return json.dumps(line, default=str).replace("\x7f", "\\u007f")


def _as_text(_: Any, __: str, line: Mapping[str, Any]) -> str:
    head = f"{line['time']} {line['level']:<8} {_printable(line['event'])}"
    rest = [
        f"{name}={_printable(str(value))}"
        for name, value in line.items()
        if name not in _FIELDS[:3] and name != "exception"
    ]
    trace = line.get("exception", "").splitlines()
    return _LINE_BREAK.join(
        ["  ".join([head, *rest]), *(f"    {_printable(one)}" for one in trace)]
    )


def _printable(text: str) -> str:
    """A text without what ends a line, steers a terminal or turns the direction of reading."""
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )
