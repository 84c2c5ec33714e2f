"""``/.well-known/security.txt`` (RFC 9116): where to report a weakness, and what happens then."""

from datetime import UTC, datetime, timedelta

from flask import Flask, Response

from regmap.http import caching
from regmap.http.host import site

PATH = "/.well-known/security.txt"
POLICY_PATH = "/.well-known/security-policy.txt"

VALID_DAYS = 180
"""How long what is told may be relied on; RFC 9116 wants less than a year."""

POLICY = """\
Please tell us of a weakness before you tell others. Write in English or Spanish what you did, what
you saw, and on which version (`regmap --version`, and `data_version` of any answer). We answer
within three working days, tell you what we found within ten, and publish the fix, with your name if
you like, as soon as those who run regmap could take it in: 90 days after your report at the latest.

Try it on an installation of your own: it takes one command. On a site that others use, please send
no flood, read nobody's contact, change no record, and leave no correction that is not meant. Who
keeps to that has nothing to fear from us.

A wrong statement about a law is no weakness: please send it as a correction.
"""
"""The same words as in SECURITY.md."""

_NO_CONTACT = (
    "This site names no address for reports of weaknesses (REGMAP_SECURITY_CONTACT)."
    " Please ask whoever runs it.\n"
)
_TEXT = "text/plain"


def join_security_txt(app: Flask, contact: str) -> None:
    """Register it and its policy.

    :param contact: an address (``mailto:`` or ``https://``); empty: there is none to be told.
    """

    @app.get(PATH)
    def security_txt() -> Response:
        """Whom to tell."""
        if not contact:
            answer = Response(_NO_CONTACT, status=404, mimetype=_TEXT)
            answer.headers["Cache-Control"] = "no-store"
            return answer
        return caching.answer(_written(contact).encode(), _TEXT)

    @app.get(POLICY_PATH)
    def security_policy() -> Response:
        """What happens with a report."""
        return caching.answer(POLICY.encode(), _TEXT)


def _written(contact: str) -> str:
    # it is to be read by https alone (RFC 9116, 3), whatever a proxy in front tells us of that
    _, _, here = site().partition("://")
    ends = datetime.now(UTC).date() + timedelta(days=VALID_DAYS)
    fields = {
        "Contact": contact,
        "Expires": f"{ends.isoformat()}T00:00:00Z",
        "Canonical": f"https://{here}{PATH}",
        "Policy": f"https://{here}{POLICY_PATH}",
        "Preferred-Languages": "en, es",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())
