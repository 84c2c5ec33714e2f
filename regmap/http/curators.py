"""Who asks: a curator with a session (pages) or with a token (API), or anybody.

Sessions are Flask's signed cookies. Pages of curators alone have one: at every other address no
cookie is read or set, so that answers there stay the same for everybody.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Flask, Request, Response, current_app, redirect, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import (  # type: ignore[import-untyped]  # it ships no types
    LoginManager,
    UserMixin,
    current_user,
    login_user,
)
from flask_wtf.csrf import CSRFError, CSRFProtect  # type: ignore[import-untyped]  # neither does it
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

from regmap.domain.curators import Curator
from regmap.domain.errors import NotSignedIn
from regmap.domain.wording import said
from regmap.http.forms import posted_form, refuse_cross_site
from regmap.services.curators import Curators, SignedIn
from regmap.settings import Settings

COOKIE = "regmap_session"
LIFETIME = timedelta(hours=12)
SIGN_IN, SIGN_OUT, REVIEW = "/sign-in", "/sign-out", "/review"
_OPEN_TO_ALL = (SIGN_IN, SIGN_OUT)

_EXTENSION = "regmap-curators"
_LOOPBACK_NAME = "localhost"
_LONGEST_NEXT = 2000  # characters


class _User(UserMixin):  # type: ignore[misc]  # flask-login ships no types
    """A curator as flask-login wants one; its id is what the session carries."""

    def __init__(self, signed: SignedIn) -> None:
        self.curator = signed.curator
        self._stamp = signed.stamp

    def get_id(self) -> str:
        """The stamp, by which a session ends, and the name."""
        return f"{self._stamp}:{self.curator.name}"


class CuratorSessions(SecureCookieSessionInterface):
    """Sessions on curators' pages alone."""

    digest_method = staticmethod(hashlib.sha256)
    https_alone = False

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a curator's page; None elsewhere: nothing can be kept there."""
        return super().open_session(app, request) if is_curators(request.path) else None

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether browsers may send it over TLS only: always, but on this very machine.

        There too where the operator wants https alone.
        """
        return self.https_alone or not _is_loopback(urlsplit(f"//{request.host}").hostname)


def join_curators(app: Flask, settings: Settings, curators: Curators) -> None:
    """Let an app know its curators.

    :param settings: with a key (``Settings.for_serving``).
    """
    first, *others = settings.secret_keys
    app.config.update(
        SECRET_KEY=first,
        SECRET_KEY_FALLBACKS=others,
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # a session ends when it is 12 hours old, however busy it is
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LIFETIME,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=int(LIFETIME.total_seconds()),
        # refuse_cross_site looks at Origin; Referer is what privacy tools take away
        WTF_CSRF_SSL_STRICT=False,
    )
    sessions = CuratorSessions()
    sessions.https_alone = settings.https_only == "on"
    app.session_interface = sessions
    app.extensions[_EXTENSION] = curators
    CSRFProtect(app)
    manager = LoginManager()
    manager.session_protection = None  # it ties a session to an address, and phones change theirs
    manager.user_loader(_user)
    # not init_app: it looks at the session after every request, of whatever page
    app.login_manager = manager  # type: ignore[attr-defined]  # where flask-login finds it


def curators() -> Curators:
    """The curators of the current app."""
    found: Curators = current_app.extensions[_EXTENSION]
    return found


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


# --- Pages. -----------------------------------------------------------------------------------


def is_curators(path: str) -> bool:
    """Whether a page is for curators: those alone have a session."""
    return path in (*_OPEN_TO_ALL, REVIEW) or path.startswith(f"{REVIEW}/")


def start_session(signed: SignedIn) -> None:
    """Begin a new session; nothing of an older one stays, so that none can be planted."""
    session.clear()
    login_user(_User(signed))
    session.pop("_id", None)  # flask-login's hash of address and browser, which nothing reads
    session.permanent = True


def end_session() -> None:
    """Forget the session of the current request."""
    session.clear()


def signed_in() -> Curator:
    """The curator whose session this is.

    :raises NotSignedIn: if there is none, or it ended.
    """
    if not current_user.is_authenticated:
        raise NotSignedIn(said("Please sign in."))
    found: Curator = current_user.curator
    return found


def guard_curator_pages(pages: Blueprint) -> None:
    """Let nobody but curators see the pages of a blueprint, and no cache keep them.

    All but signing in and out ask for a session; every form has to carry our token.
    """
    pages.before_request(_check)
    pages.after_request(_close)
    pages.register_error_handler(NotSignedIn, _to_sign_in)


def local_path(text: str | None, default: str = REVIEW) -> str:
    """A path on this site to go on to, or the default for whatever might lead elsewhere."""
    if not text or len(text) > _LONGEST_NEXT or not text.isprintable() or "\\" in text:
        return default
    try:
        parts = urlsplit(text)
    except ValueError:
        return default
    is_ours = text.startswith("/") and not text.startswith("//")
    return text if is_ours and not parts.scheme and not parts.netloc else default


def _check() -> None:
    if request.path not in _OPEN_TO_ALL:
        signed_in()
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        posted_form()
        refuse_cross_site()
        _check_token()


def _check_token() -> None:
    protection: CSRFProtect = current_app.extensions["csrf"]
    try:
        protection.protect()
    except CSRFError:
        raise BadRequest(
            said(
                "This form was open for too long, or your browser keeps no cookies."
                " Please go back, load the page again, and send it once more."
            )
        ) from None


def _close(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers.pop("ETag", None)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _to_sign_in(_: NotSignedIn) -> AnyResponse:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else request.path
    given = {"next": local_path(wanted)}
    if request.args.get("lang"):
        given["lang"] = request.args["lang"]
    return redirect(f"{SIGN_IN}?{urlencode(given)}", 303)


def _user(id: str) -> _User | None:
    stamp, _, name = id.partition(":")
    found = curators().by_stamp(name, stamp)
    return _User(SignedIn(found, stamp)) if found else None


def _is_loopback(host: str | None) -> bool:
    if host == _LOOPBACK_NAME:
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


# --- The API. ---------------------------------------------------------------------------------


def bearer() -> Curator:
    """The curator whose token the request carries.

    :raises NotSignedIn: if it carries none, or one that does not hold.
    """
    found = bearer_or_none()
    if found is None:
        raise NotSignedIn(said("A curator's token is needed: Authorization: Bearer …"))
    return found


def bearer_or_none() -> Curator | None:
    """The same; None if the request does not say who asks.

    :raises NotSignedIn: if it carries a token that does not hold, or says something else.
    """
    if "Authorization" not in request.headers:
        return None
    given = request.authorization
    token = given.token if given is not None and given.type == "bearer" else None
    found = curators().by_token(token, now()) if token else None
    if found is None:
        raise NotSignedIn(said("The token is not valid, or is so no longer."))
    return found
