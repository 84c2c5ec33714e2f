"""Saying what is wrong in a record, and what its submitter may do later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from .asking import PREFIX, Call, Reply, segment
from .reading import read
from .records import Correction

_SECRET = "X-Correction-Secret"  # noqa: S105  # the name of a header
_KEY = "Idempotency-Key"

CitedSources = Iterable[str | Mapping[str, Any]]
"""Addresses, or objects of ``url`` and ``title``."""


def submit_correction(
    jurisdiction: str,
    substance: str,
    *,
    message: str | None = None,
    proposed: Mapping[str, Any] | None = None,
    sources: CitedSources,
    name: str | None = None,
    email: str | None = None,
    key: str | None = None,
) -> Call[Correction]:
    """Say what is wrong, with a source; a curator decides.

    The answer has the ``secret`` that lets you see it, add to it and withdraw it: keep it.

    :param message: of 10 characters or more; or give a proposal, or both.
    :param proposed: a period, or a whole record (with ``periods``), as a document.
    :param sources: one http(s) address at least.
    :param email: for curators alone, as ``name``.
    :param key: your own name for this submission (``Idempotency-Key``): sent again with the same
        body, it is the same correction. One is made if it is left out; it is kept over retries.
    :raises InvalidInput: naming each field that is wrong.
    """
    submitter = {"name": name, "email": email}
    body = {
        "jurisdiction": jurisdiction,
        "substance": substance,
        "message": message,
        "proposed": None if proposed is None else dict(proposed),
        "sources": _cited(sources),
        "submitter": submitter if name or email else None,
    }
    headers = {_KEY: uuid4().hex if key is None else key}
    url = f"{PREFIX}/corrections"
    return Call(url, _read, "POST", json=body, headers=headers, secret=True, accepts=(200, 201))


def correction(id: str, secret: str | None = None) -> Call[Correction]:
    """One correction: where it stands, and what of it is public; with its secret, all of it.

    :raises NotFound: if there is none of that id.
    """
    return Call(_of(id), _read, headers=_proof(secret), secret=secret is not None)


def add(
    id: str,
    secret: str,
    *,
    message: str | None = None,
    proposed: Mapping[str, Any] | None = None,
    sources: CitedSources = (),
) -> Call[Correction]:
    """Add to your correction, or answer a curator's question.

    It is sent once: where no answer comes, look with ``correction`` whether it arrived.
    """
    body: dict[str, Any] = {"message": message, "sources": _cited(sources)}
    if proposed is not None:
        body["proposed"] = dict(proposed)
    return Call(
        _of(id),
        _read,
        "PATCH",
        json=body,
        headers=_proof(secret),
        repeatable=False,
        secret=True,
    )


def withdraw(id: str, secret: str) -> Call[Correction]:
    """Withdraw your correction while it waits; done twice, it is done."""
    return Call(_of(id), _read, "DELETE", headers=_proof(secret), secret=True)


def _read(reply: Reply) -> Correction:
    return read(Correction, reply.json())


def _of(id: str) -> str:
    return f"{PREFIX}/corrections/{segment(id)}"


def _proof(secret: str | None) -> dict[str, str]:
    return {} if secret is None else {_SECRET: secret}


def _cited(sources: CitedSources) -> list[dict[str, Any]]:
    return [{"url": one} if isinstance(one, str) else dict(one) for one in sources]
