"""schemathesis on the app: questions made from the description, every answer held to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from unittest.mock import patch
from zlib import crc32

import schemathesis
from flask import Flask
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.core.transport import Response
from schemathesis.engine import events
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.generation.case import Case
from schemathesis.generation.modes import GenerationMode
from schemathesis.openapi.checks import UseAfterFree
from schemathesis.transport.wsgi import WSGI_TRANSPORT

from regmap.domain.curators import Role
from regmap.http.context import desk_of
from regmap.ogc.parameters import MAX_LIMIT
from tests.contract.settling import (
    chosen,
    settled_body,
    settled_path,
    settled_query,
    with_record,
)

API = "/api/v1/openapi.json"
OGC = "/ogc/api"
PHASES = ("examples", "coverage", "fuzzing", "stateful")


CHECKS = """
    not_a_server_error status_code_conformance content_type_conformance response_schema_conformance
    response_headers_conformance negative_data_rejection positive_data_acceptance use_after_free
    ensure_resource_availability missing_required_header unsupported_method ignored_auth
    allow_header_conformance object_level_authorization
""".split()
_SUBMIT = "POST /api/v1/corrections"
_DECIDE = "POST /api/v1/corrections/{correction_id}/decision"
_ID = "correction_id"
_PROOF = "X-Correction-Secret"
_KEY = "Idempotency-Key"
_ITEM_BY_ITEM = ("POST /api/v1/status/batch", "POST /api/v1/verdicts")
_FEATURES = "/collections/{collectionId}/items"
_OF_SOCKETS = frozenset({"max_redirects", "verify", "cert", "proxies"})
_DECIDING = tuple(
    f"POST /api/v1/corrections/{{correction_id}}/{deed}" for deed in ("decision", "undo")
)
_GOOD = ("2xx", "3xx", "401", "403", "404", "409", "429", "5xx")
_BAD_HEADER = ("400", "401", "403", "406", "415", "422")


@dataclass(frozen=True, slots=True)
class Unheld:
    """A call that a check does not fit as it is, what holds there instead, and why."""

    check: str
    call: str
    settings: Mapping[str, Any]
    why: str


UNHELD: Sequence[Unheld] = (
    *(
        Unheld(
            "positive_data_acceptance",
            call,
            {"expected-statuses": [*_GOOD, "412"]},
            "If-Match names a state of the record: one that was made up is stale.",
        )
        for call in _DECIDING
    ),
    *(
        Unheld(
            "missing_required_header",
            call,
            {"expected-statuses": [*_BAD_HEADER, "428"]},
            "428 is what RFC 6585 has for a missing If-Match.",
        )
        for call in _DECIDING
    ),
)


@dataclass
class Outcome:
    """What came of a run."""

    cases: int = 0
    checks: Counter[str] = field(default_factory=Counter)
    """How often each check was made."""
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    """How often each call (`GET /api/v1/status`) was answered with what."""
    failures: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Count what another run brought."""
        self.cases += other.cases
        self.checks += other.checks
        self.failures += other.failures
        for call, statuses in other.statuses.items():
            self.statuses.setdefault(call, Counter()).update(statuses)

    def take(self, recorder: ScenarioRecorder) -> None:
        """Count what one scenario brought."""
        for id, exchange in recorder.interactions.items():
            if exchange.response is not None:
                self.cases += 1
                call = recorder.cases[id].value.operation.label
                self.statuses.setdefault(call, Counter())[exchange.response.status_code] += 1
        for id, made in recorder.checks.items():
            for one in made:
                self.checks[one.name] += 1
                if one.failure_info is not None:
                    told = one.failure_info
                    call = recorder.cases[id].value.operation.label
                    body = recorder.interactions[id].response
                    said = body.content[:300].decode(errors="replace") if body else ""
                    self.failures.append(
                        f"{one.name}, {call}: {told.failure.title}\n  {told.failure.message}\n"
                        f"  {told.code_sample}\n  {said}"
                    )


class Ledger:
    """The corrections of a run, so that questions about them find some."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}
        self._etags: dict[str, str] = {}
        self._messages: set[str] = set()

    def note(self, case: Case[Any], response: Response) -> None:
        """Keep the secret of a submission, whether it was a mere message, and ETags."""
        if case.operation.label == _SUBMIT and response.status_code == 201:
            made = response.json()
            self._secrets[made["id"]] = made["secret"]
            if made["proposed"] is None:
                self._messages.add(made["id"])
        elif _ID in case.path_parameters and "etag" in response.headers:
            self._etags[case.path_parameters[_ID]] = response.headers["etag"][0]

    def lead(self, case: Case[Any]) -> None:
        """Have most good questions be about a correction that there is: its secret, its state."""
        given = case.path_parameters[_ID]
        ids = list(self._etags if "If-Match" in case.headers and self._etags else self._secrets)
        if given not in self._secrets and ids and chosen((True, True, True, False), given):
            given = chosen(ids, (given, len(ids), repr(case.body)))
            case.path_parameters[_ID] = given
        if _PROOF in case.headers and chosen((True, True, False), case.headers[_PROOF]):
            case.headers[_PROOF] = self._secrets.get(given, case.headers[_PROOF])
        if "If-Match" in case.headers:
            case.headers["If-Match"] = self._etags.get(given, case.headers["If-Match"])
        if given in self._messages and case.operation.label == _DECIDE:
            case.body = with_record(case.body)


def token_of(app: Flask, name: str = "contract") -> str:
    """A token of a new curator who may do everything."""
    now = datetime.now(UTC)
    with app.app_context():
        curators = desk_of(app).curators
        curators.add(name, Role.ADMIN, "not one of the usual ones", now, None)
        return curators.make_token(name, "contract", now)


def run(
    app: Flask,
    description: str,
    token: str | None,
    *,
    examples: int,
    phases: Iterable[str] = PHASES,
    seed: int | None = None,
    only: str | None = None,
) -> Outcome:
    """Ask an app by one of its descriptions, with every check that schemathesis has.

    :param token: a curator's; None where the description knows of none.
    :param examples: how many questions are drawn for each call, beside the systematic ones.
    :param seed: None: the same questions each time.
    :param only: the one path to ask about; None: all.
    """
    settings: dict[str, Any] = {
        "seed": seed or 1,
        "cache": {"enabled": False},
        "generation": {
            "max-examples": examples,
            "deterministic": seed is None,
            "database": "none",
            "no-shrink": True,
        },
        "continue-on-failure": True,
        "headers": {"Accept-Encoding": "identity"},  # answers are read as they come
        "phases": {name: {"enabled": name in tuple(phases)} for name in PHASES},
        "operations": [
            {"include-name": one.call, "checks": {one.check: one.settings}} for one in UNHELD
        ],
    }
    if token is not None:
        settings["auth"] = {"openapi": {"curator": {"bearer": token}}}
    document = app.test_client().get(description).get_json(force=True)
    if only is not None:
        document["paths"] = {only: document["paths"][only]}
    config = SchemathesisConfig.from_dict(settings)
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.app = app
    schema.hooks.register_hook_with_name(_is_failure, "filter_failure")
    ledger = Ledger()
    schema.hooks.register_hook_with_name(partial(_settle, ledger), "map_case")
    outcome = Outcome()
    with _in_process(ledger):
        for event in engine.from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                outcome.take(event.recorder)
            elif isinstance(event, events.NonFatalError):
                outcome.failures.append(f"{event.label}: {event.info.title}: {event.info.message}")
            elif isinstance(event, events.FatalError):
                raise event.exception
    return outcome


@contextmanager
def _in_process(ledger: Ledger) -> Iterator[None]:
    """Send each question to the app, and note in the ledger what came of it."""
    send = WSGI_TRANSPORT.send

    def sent(case: Case[Any], **kwargs: Any) -> Response:
        # `ignored_auth` hands on to the app what only a connection can be told
        given = {name: one for name, one in kwargs.items() if name not in _OF_SOCKETS}
        if case.operation.label == _SUBMIT and chosen((True, True, False), case.body):
            case.headers.pop("Authorization", None)  # nobody decides what they sent in themselves
        response = send(case, **given)
        ledger.note(case, response)
        return response

    with patch.object(WSGI_TRANSPORT, "send", sent):
        yield


def _settle(ledger: Ledger, context: Any, case: Case[Any]) -> Case[Any]:
    """A good question as the rules have it that stand in no description."""
    meta = case.meta
    if meta is None or meta.generation.mode is not GenerationMode.POSITIVE:
        return case
    case.path_parameters = settled_path(dict(case.path_parameters))
    case.query = settled_query(case.path, dict(case.query), dict(case.path_parameters))
    if case.media_type is not None:
        case.body = settled_body(case.path, case.body)
    if _KEY in case.headers:  # a key is the key of one body
        case.headers[_KEY] = f"contract-{crc32(repr(case.body).encode()):08x}"
    if _ID in case.path_parameters:
        ledger.lead(case)
    return case


def _is_failure(context: Any, failure: Failure, case: Case[Any], response: Response) -> bool:
    """Whether a failure counts: what has to be as it is does not.

    A correction that was withdrawn (DELETE) stays in the public ledger, and says so. An item of a
    list is refused in its own place, the others have their answers. And OGC 17-069r4 has a greater
    `limit` capped (requirement /req/core/fc-limit-response-1).
    """
    if isinstance(failure, UseAfterFree):
        told = response.json()
        return bool(told.get("correction", told).get("state") != "withdrawn")
    if not isinstance(failure, AcceptedNegativeData):
        return True
    if case.operation.label in _ITEM_BY_ITEM:
        return not any("error" in item for item in response.json()["items"])
    limit = str(case.query.get("limit"))
    is_capped = limit.isdecimal() and int(limit) > MAX_LIMIT and case.path == _FEATURES
    return not is_capped
