"""The headers that every answer of a kind carries."""

API = (
    ("X-Content-Type-Options", "nosniff"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Link, Location, Retry-After, X-Request-ID"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)
PREFLIGHT = (
    ("Access-Control-Allow-Methods", "GET, HEAD, POST, PATCH, DELETE, OPTIONS"),
    # Neither Authorization nor If-Match: what curators do is not for other sites' pages.
    (
        "Access-Control-Allow-Headers",
        "Content-Type, Idempotency-Key, If-None-Match, X-Correction-Secret",
    ),
    ("Access-Control-Max-Age", "86400"),
)
# No script but our own files, nothing from other hosts. Styles may stand in attributes: Leaflet
# sets them from its script.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {framed_by}"
)


_OWN_WINDOW = (
    # a window that another site opened holds no way back into ours, nor ours into it
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
_SHARED = (("Cross-Origin-Resource-Policy", "cross-origin"),)


def _page(
    framed_by: str, referrer: str = "strict-origin-when-cross-origin"
) -> tuple[tuple[str, str], ...]:
    return (
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", _POLICY.format(framed_by=framed_by)),
        ("Referrer-Policy", referrer),
        # Our own scripts ask for the position on a click; no frame of ours may.
        ("Permissions-Policy", "geolocation=(self), camera=(), microphone=()"),
    )


PAGE = (*_page("'none'"), *_OWN_WINDOW)
EMBEDDED = (*_page("*"), *_SHARED)
"""Of the one page that is made to stand in other people's."""

LOADED = (*_page("'none'"), *_SHARED)
"""Of styles, scripts and shapes: a frame in a sandbox has no origin, and asks for them, too."""

# Not "no-referrer": its forms would then be sent with "Origin: null", as from another site.
SECRET = (*_page("'none'", "same-origin"), *_OWN_WINDOW, ("X-Robots-Tag", "noindex"))
"""Of a page whose address holds a secret: no other site learns of it."""

PICTURE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
)
"""Of an SVG: it may be opened as a page of its own, and runs nothing then."""
ANY_SITE = (
    ("Access-Control-Allow-Origin", "*"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)
"""Of what other sites may show."""

HTTPS_ALONE = ("Strict-Transport-Security", "max-age=31536000")
"""Tells browsers for a year to come by https. Of this host alone: what other hosts of the domain
do is not ours to say. Browsers believe it only where it comes by https (RFC 6797, 7.2)."""

VARY = ("Vary", "Accept-Encoding")
