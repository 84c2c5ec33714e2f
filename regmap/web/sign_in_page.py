"""``/sign-in`` and ``/sign-out``: the curators' door."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from regmap.domain.errors import NotSignedIn, RegmapError, TooMany
from regmap.http.curators import (
    REVIEW,
    SIGN_IN,
    SIGN_OUT,
    curators,
    end_session,
    local_path,
    now,
    signed_in,
    start_session,
)
from regmap.http.forms import posted_form
from regmap.http.limits import client_address, spend
from regmap.http.problems import failed
from regmap.web.page import link, page


def join(pages: Blueprint) -> None:
    """Register the pages."""

    @pages.get(SIGN_IN)
    def sign_in() -> AnyResponse:
        """The form; who is signed in already goes on."""
        following = local_path(request.args.get("next"))
        if _is_signed_in():
            return redirect(following, 303)
        return _form(following, signed_out="signed_out" in request.args)

    @pages.post(SIGN_IN)
    def try_to_sign_in() -> AnyResponse:
        """Let a curator in, or say that it did not work, and never whether the name exists."""
        form = posted_form()
        following = local_path(form.get("next"))
        name = form.get("name", "").strip()
        try:
            spend("sign_in")
            signed = curators().sign_in(name, form.get("password", ""), client_address(), now())
        except (NotSignedIn, TooMany) as error:
            return failed(error, _form(following, name=name, error=error))
        start_session(signed)
        return redirect(following, 303)

    @pages.get(SIGN_OUT)
    def to_sign_out() -> AnyResponse:
        """Nobody signs out by following a link: the button stands on the account page."""
        return redirect(link("/review/account"), 303)

    @pages.post(SIGN_OUT)
    def sign_out() -> AnyResponse:
        """End all sessions of the curator."""
        if _is_signed_in():
            curators().end_sessions(signed_in().name)
        end_session()
        return redirect(link(SIGN_IN, signed_out=1), 303)


def _form(
    following: str, name: str = "", error: RegmapError | None = None, signed_out: bool = False
) -> Response:
    return page(
        "sign_in.html",
        following=None if following == REVIEW else following,
        name=name,
        error=error.args[0] if error else None,
        signed_out=signed_out,
    )


def _is_signed_in() -> bool:
    try:
        signed_in()
    except NotSignedIn:
        return False
    return True
