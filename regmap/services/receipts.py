"""Signed receipts of verdicts: that regmap gave this answer to this question, on these data, then.

A receipt is one line of text. It holds a format version, the moment of issue, the data version and
the SHA-256 of the question and of the answer, and is signed with HMAC-SHA-256 by a key that only
the server has (itsdangerous; no cryptography of our own). A shop files it beside the answer;
``regmap verify-receipt`` says later whether either was changed.

What is hashed is the canonical JSON of RFC 8785 (JCS), in UTF-8: names sorted, no white space,
numbers as ECMAScript writes them (``1`` and ``1.0`` are one number). Any JCS library gives the same
bytes, whatever a file went through in between. The question is an item's ``question`` with its
``id``, where it has one; the answer is everything else in the item but the receipt itself.
"""

import hashlib
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import rfc8785
from itsdangerous import BadSignature, Signer

from regmap.domain.errors import InvalidValue

FORMAT_VERSION = 1
SALT = "regmap.receipt.v1"
SECRET = "REGMAP_SECRET_KEY"  # noqa: S105  # the name of the setting, not a secret

_FIELDS = frozenset({"v", "at", "data", "q", "a"})
_NOT_ANSWER = frozenset({"id", "question", "receipt"})
# Python's own writer is several times faster, and gives the same text but for what this finds:
# whole floats (1.0), exponents, long whole numbers, and characters that UTF-16 sorts otherwise.
_dumps = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode
_DIFFERS = re.compile(r"\.0(?![0-9])|[0-9]e[+-]|[0-9]{16}|[\ue000-\U0010ffff]")
_CONSTANTS = {None: "null", True: "true", False: "false"}


class Problem(StrEnum):
    """Why a receipt does not vouch for an item."""

    NO_RECEIPT = "no_receipt"
    NOT_A_RECEIPT = "not_a_receipt"
    BAD_SIGNATURE = "bad_signature"
    QUESTION_ALTERED = "question_altered"
    ANSWER_ALTERED = "answer_altered"


PROBLEMS: Mapping[Problem, str] = {
    Problem.NO_RECEIPT: "The item has no receipt.",
    Problem.NOT_A_RECEIPT: "This is not a receipt of regmap, or not a whole one.",
    Problem.BAD_SIGNATURE: "The receipt was altered, or signed with another key.",
    Problem.QUESTION_ALTERED: "The question is not the one that the receipt was given for.",
    Problem.ANSWER_ALTERED: "The answer is not the one that the receipt was given for.",
}


@dataclass(frozen=True, slots=True)
class Check:
    """What a receipt vouches for; ``issued_at`` (RFC 3339, UTC) only where its signature holds."""

    problems: tuple[Problem, ...]
    issued_at: str | None = None
    data_version: str | None = None

    @property
    def valid(self) -> bool:
        """Whether question and answer are what was signed."""
        return not self.problems


class Receipts:
    """Issues and checks receipts with the keys of one installation.

    :param secret: ``REGMAP_SECRET_KEY``: one key, or several with commas between. The first signs,
        all of them check, so that a key can be replaced without voiding what was issued. None or
        empty: there are no receipts.
    :raises InvalidValue: if one of several keys is empty.
    """

    def __init__(self, secret: str | None) -> None:
        keys = [key.strip() for key in secret.split(",")] if secret else []
        if not all(keys):
            raise InvalidValue({SECRET: ["has an empty key; keys stand with one comma between"]})
        # itsdangerous signs with the last key and checks with all.
        self._signer = _signer(keys[::-1]) if keys else None

    @property
    def enabled(self) -> bool:
        """Whether there is a key to sign with."""
        return self._signer is not None

    def issue(
        self, item: Mapping[str, Any], issued_at: datetime, answer_digest: str | None = None
    ) -> str | None:
        """The receipt for an item of an answer, or None without a key.

        :param item: as it is served, but for the receipt: ``question``, ``data_version`` and the
            verdict; JSON values only.
        :param issued_at: with a time zone.
        :param answer_digest: ``digest(answer_of(item))``, where many items share an answer.
        :raises ValueError: if a value has no canonical JSON.
        """
        if self._signer is None:
            return None
        content = {
            "v": FORMAT_VERSION,
            "at": issued_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "data": item["data_version"],
            "q": digest(question_of(item)),
            "a": answer_digest or digest(answer_of(item)),
        }
        return self._signer.sign(_packed(content)).decode("ascii")

    def verify(self, receipt: object, question: Any, answer: Any) -> Check:
        """Whether a receipt vouches for a question and an answer (JSON values).

        :raises InvalidValue: without a key.
        """
        if self._signer is None:
            raise InvalidValue({SECRET: ["is not set: without the key no receipt can be checked"]})
        if receipt is None:
            return Check((Problem.NO_RECEIPT,))
        content = _unpacked(receipt)
        if content is None:
            return Check((Problem.NOT_A_RECEIPT,))
        try:
            self._signer.unsign(str(receipt))
        except BadSignature:
            return Check((Problem.BAD_SIGNATURE,))
        problems = []
        if not _matches(content["q"], question):
            problems.append(Problem.QUESTION_ALTERED)
        if not _matches(content["a"], answer):
            problems.append(Problem.ANSWER_ALTERED)
        return Check(tuple(problems), content["at"], content["data"])

    def verify_item(self, item: Mapping[str, Any]) -> Check:
        """Whether the receipt in an item vouches for the rest of it.

        :raises InvalidValue: without a key.
        """
        return self.verify(item.get("receipt"), question_of(item), answer_of(item))


def question_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an item that is its question."""
    question = {"question": item.get("question")}
    return {**question, "id": item["id"]} if "id" in item else question


def answer_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an item that is its answer: whatever else stands in it is signed too."""
    return {name: value for name, value in item.items() if name not in _NOT_ANSWER}


def digest(document: Any) -> str:
    """SHA-256 of a JSON value in canonical form: 64 hexadecimal digits.

    :raises ValueError: if it has no canonical form.
    """
    return hashlib.sha256(canonical(document)).hexdigest()


def canonical(document: Any) -> bytes:
    """The canonical JSON (RFC 8785) of a value.

    :raises ValueError: for what that form has no text for: NaN, infinities, whole numbers from
        2^53 on, half a surrogate pair, and whatever is no JSON value.
    """
    return rfc8785.dumps(document)


def _signer(keys: list[str]) -> Signer:
    # The signing keys are derived once; itsdangerous would do it again for every signature.
    derive = Signer(keys, salt=SALT, key_derivation="hmac", digest_method=hashlib.sha256).derive_key
    derived = [derive(key) for key in keys]
    return Signer(derived, salt=SALT, key_derivation="none", digest_method=hashlib.sha256)


def _packed(content: Mapping[str, Any]) -> bytes:
    return urlsafe_b64encode(canonical(content)).rstrip(b"=")


def _unpacked(receipt: object) -> dict[str, Any] | None:
    """What a receipt says, or None if it is none; whether it is genuine is another matter."""
    if not isinstance(receipt, str) or not receipt.isascii() or receipt.count(".") != 1:
        return None
    text = receipt.partition(".")[0]
    try:
        content = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or content.keys() != _FIELDS:
        return None
    texts = all(isinstance(content[name], str) for name in _FIELDS - {"v"})
    return content if texts and content["v"] == FORMAT_VERSION else None


def _matches(signed: str, document: Any) -> bool:
    try:
        return digest(document) == signed
    except ValueError:
        return False  # nothing without a canonical form was ever signed
