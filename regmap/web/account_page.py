"""``/review/account``: a curator's own password and tokens."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from regmap.domain.curators import LONGEST_LABEL, LONGEST_PASSWORD, SHORTEST_PASSWORD
from regmap.domain.errors import InvalidValue, TooMany
from regmap.domain.wording import said
from regmap.http.curators import curators, now, signed_in, start_session
from regmap.http.forms import posted_form
from regmap.http.host import site
from regmap.http.limits import spend
from regmap.http.problems import failed
from regmap.services.curators import LONGEST_TOKEN_DAYS
from regmap.web.page import link, page

PATH = "/review/account"

_DONE: Mapping[str, str] = {
    "password": said("The password was changed. All other sessions have ended."),
    "revoked": said("The token was revoked."),
}
_DAYS = 365


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get(PATH)
    def account() -> Response:
        """The page."""
        return _page(done=_DONE.get(request.args.get("done", "")))

    @pages.post(PATH)
    def change_account() -> AnyResponse:
        """Do what the form's ``do`` says."""
        form = posted_form()
        spend("curation")
        try:
            return _chosen(form.get("do"))(form)
        except (InvalidValue, TooMany) as error:
            errors = error.errors if isinstance(error, InvalidValue) else {"old": [error.args[0]]}
            return failed(error, _page(errors=errors, given=form))


def _chosen(name: str | None) -> Callable[[Mapping[str, str]], AnyResponse]:
    action = _ACTIONS.get(name or "")
    if action is None:
        raise InvalidValue({"do": [said("Must be one of {codes}.", codes=", ".join(_ACTIONS))]})
    return action


def _change_password(form: Mapping[str, str]) -> AnyResponse:
    old, new = form.get("old", ""), form.get("new", "")
    if new != form.get("again", ""):
        raise InvalidValue({"again": [said("The two are not the same.")]})
    start_session(curators().change_password(signed_in().name, old, new, now()))
    return redirect(link(PATH, done="password"), 303)


def _make_token(form: Mapping[str, str]) -> AnyResponse:
    days = form.get("days", "")
    if not (days.isascii() and days.isdigit() and len(days) < 6):
        raise InvalidValue({"days": [said("Must be a whole number.")]})
    made = curators().make_token(signed_in().name, form.get("label", ""), now(), int(days))
    return _page(made=made)


def _revoke_token(form: Mapping[str, str]) -> AnyResponse:
    curators().revoke_token(signed_in().name, form.get("token", ""), now())
    return redirect(link(PATH, done="revoked"), 303)


_ACTIONS: Mapping[str, Callable[[Mapping[str, str]], AnyResponse]] = {
    "password": _change_password,
    "make": _make_token,
    "revoke": _revoke_token,
}


def _page(
    *,
    errors: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    made: str | None = None,
    done: str | None = None,
) -> Response:
    curator = signed_in()
    present = now()
    given = given or {}
    return page(
        "account.html",
        curator=curator,
        tokens=[(token, token.holds(present)) for token in curators().tokens(curator.name)],
        errors=errors or {},
        label=given.get("label", ""),
        days=given.get("days", str(_DAYS)),
        made=made,
        done=done,
        host=site(),
        shortest=SHORTEST_PASSWORD,
        longest=LONGEST_PASSWORD,
        longest_label=LONGEST_LABEL,
        most_days=LONGEST_TOKEN_DAYS,
    )
