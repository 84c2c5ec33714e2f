"""Curators: who they are, what they may do, and what their names and passwords must be like."""

import re
from dataclasses import dataclass
from enum import StrEnum

from regmap.domain.errors import InvalidValue
from regmap.domain.wording import said

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
LONGEST_LABEL = 100
LONGEST_EMAIL = 254

# ASCII alone: names stand in the public ledger, and no two of them should look the same.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,59}")
_EMAIL = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+")


class Role(StrEnum):
    """What a curator may do: reviewers decide, admins may also undo and forget."""

    REVIEWER = "reviewer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Curator:
    """Somebody who decides on corrections; ``name`` stands beside every decision."""

    name: str
    role: Role
    email: str | None = None


def check_name(name: str) -> None:
    """Refuse what is no name of a curator.

    :raises InvalidValue: naming ``name``.
    """
    if not _NAME.fullmatch(name):
        raise InvalidValue(
            {
                "name": [
                    said(
                        "Must be 2 to 60 letters (a to z), digits, dots, hyphens or underscores,"
                        " and begin with a letter or digit."
                    )
                ]
            }
        )


def check_email(email: str) -> None:
    """Refuse what is no e-mail address.

    :raises InvalidValue: naming ``email``.
    """
    if len(email) > LONGEST_EMAIL or not email.isprintable() or not _EMAIL.fullmatch(email):
        raise InvalidValue({"email": [said("Must be an e-mail address.")]})


def check_password(password: str, name: str, field: str = "password") -> None:
    """Refuse a password that is too short, too long, or the name.

    :raises InvalidValue: naming ``field``.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InvalidValue(
            {
                field: [
                    said(
                        "Must have {least} to {most} characters.",
                        least=SHORTEST_PASSWORD,
                        most=LONGEST_PASSWORD,
                    )
                ]
            }
        )
    if not password.isprintable():
        raise InvalidValue({field: [said("Must not hold control characters.")]})
    if password.casefold() == name.casefold():
        raise InvalidValue({field: [said("Must not be the name.")]})


def check_label(label: str) -> None:
    """Refuse what cannot stand in a list as the label of a token.

    :raises InvalidValue: naming ``label``.
    """
    if not label.strip() or len(label) > LONGEST_LABEL or not label.isprintable():
        raise InvalidValue(
            {"label": [said("Must be a line of 1 to {most} characters.", most=LONGEST_LABEL)]}
        )
