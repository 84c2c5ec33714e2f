"""What all pages share: how a page is answered, what an address asks for, where links lead."""

from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, render_template, request

from regmap.domain.dates import InvalidDate, parse_day
from regmap.domain.errors import InvalidValue
from regmap.domain.vocabulary import Substance
from regmap.domain.wording import said, sentence
from regmap.http import caching
from regmap.http.context import services, today
from regmap.web.clock import asked_known_at, takes_clock
from regmap.web.languages import asked_language, language

_LONGEST_ADDRESS = 2000  # characters; what some proxies still cut at


def page(template: str, **values: Any) -> Response:
    """A page in the language of the request, cacheable for a moment."""
    return in_language(caching.answer(render_template(template, **values).encode(), "text/html"))


def in_language(response: Response) -> Response:
    """Mark an answer with its language, and as one that depends on the browser's wish for one."""
    response.headers["Content-Language"] = language()
    response.vary.add("Accept-Language")
    return response


def link(path: str, **parameters: Any) -> str:
    """An address on this site: in the language that this page was asked in, if it was.

    A page that is shown as the data set stood at a moment leads to others as they stood then.

    :param path: what stands before the question mark, unquoted.
    :param parameters: those that are None or empty are left out.
    """
    given = {name: str(value) for name, value in parameters.items() if value not in (None, "")}
    known_at = asked_known_at() if "known_at" not in parameters and takes_clock(path) else None
    if known_at:
        given["known_at"] = known_at
    asked = asked_language() if "lang" not in given else None
    if asked:
        given["lang"] = asked
    return quote(path) + (f"?{urlencode(given)}" if given else "")


def api_link(path: str, **parameters: Any) -> str:
    """An address below ``/api/v1``, asked as the data set stood when this page says.

    The API knows no ``lang``, so :func:`link` is not for it.

    :param path: what follows ``/api/v1``, unquoted.
    :param parameters: those that are None or empty are left out.
    """
    known_at = asked_known_at() if takes_clock(request.path) else None
    given = {**parameters, "known_at": parameters.get("known_at", known_at)}
    kept = {name: str(value) for name, value in given.items() if value not in (None, "")}
    return quote(f"/api/v1{path}") + (f"?{urlencode(kept)}" if kept else "")


def asked_day(name: str = "on", default: date | None = None) -> date:
    """The day in the address, or the default, or today.

    :raises InvalidValue: if it is no day.
    """
    text = request.args.get(name, "")
    try:
        return parse_day(text) if text else default or today()
    except InvalidDate as error:
        raise InvalidValue({name: [sentence(error.args[0])]}) from None


def asked_substance() -> Substance:
    """The substance in the address, or the first one.

    :raises InvalidValue: if there is none of that code.
    """
    substances = services().snapshot.substances
    code = request.args.get("substance", "") or next(iter(substances))
    if code not in substances:
        raise InvalidValue(
            {"substance": [said("Must be one of {codes}.", codes=", ".join(substances))]}
        )
    return substances[code]


def same_page(**parameters: Any) -> str:
    """The address of this very page, with some parameters set to something else.

    An address longer than any of ours is not repeated: it leads to the map instead.
    """
    if len(request.full_path) > _LONGEST_ADDRESS:
        return link("/", **parameters)
    given = {**request.args.to_dict(), **parameters}
    return link(request.path, **given)


def correction_link(jurisdiction_id: str, substance: str | None = None) -> str:
    """The form to correct what is said of a jurisdiction; of the first substance if of none."""
    return link("/corrections/new", jurisdiction=jurisdiction_id, substance=substance)
