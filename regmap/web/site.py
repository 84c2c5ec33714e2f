"""The one place where the pages come together."""

from collections.abc import Mapping

from flask import Blueprint, Flask, Response, render_template, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from regmap.domain.wording import said
from regmap.http import request_id
from regmap.http.context import source_of
from regmap.http.curators import guard_curator_pages
from regmap.http.problems import detail_of, errors_of, failed, status_of
from regmap.settings import Settings
from regmap.web import (
    about_page,
    account_page,
    badge,
    changes_page,
    check_page,
    correction_new_page,
    correction_page,
    corrections_page,
    data_page,
    docs_page,
    embed_page,
    jurisdiction_page,
    map_page,
    picture,
    recheck_page,
    review_correction_page,
    review_page,
    sign_in_page,
    table_page,
    versions_page,
)
from regmap.web.assets import Asset, Assets, join_assets
from regmap.web.clock import set_clock
from regmap.web.folium_map import map_parts
from regmap.web.languages import check_language, join_languages
from regmap.web.page import in_language
from regmap.web.shapes import Shapes, join_shapes
from regmap.web.words import join_words

_OUR_WORDS: Mapping[type[Exception], str] = {
    NotFound: said("There is no page at this address."),
    MethodNotAllowed: said("This page is only there to be read."),
}

PAGES_OF_BOTH_CLOCKS = (
    map_page,
    picture,
    check_page,
    jurisdiction_page,
    badge,
    table_page,
    changes_page,
    data_page,
    embed_page,
)
"""Pages that can be shown as the data set stood at a moment (``web.clock``)."""

PAGES = (
    about_page,
    corrections_page,
    correction_new_page,
    correction_page,
    docs_page,
    versions_page,
)

CURATOR_PAGES = (
    sign_in_page,
    account_page,
    review_page,
    recheck_page,
    review_correction_page,
)
"""Pages for curators alone, below the addresses of ``http.curators.is_curators``."""


def join_pages(app: Flask, settings: Settings) -> None:
    """Register every page, and what browsers load beside them."""
    parts = map_parts(settings.cache_dir)
    made: Mapping[str, Asset] = {"map.js": Asset(parts.script.encode(), "text/javascript")}
    assets = Assets(settings.static_dir, dict(made))
    join_languages(app)
    join_words(app)
    join_assets(app, assets)
    join_shapes(app, Shapes(source_of(app).current().maps.drawings, settings.cache_dir))
    app.jinja_env.globals.update(map_element=parts.element, request_id=request_id.current)
    timed = Blueprint("timed_pages", __name__)
    timed.before_request(check_language)
    set_clock(timed)
    for module in PAGES_OF_BOTH_CLOCKS:
        module.join(timed)
    app.register_blueprint(timed)
    pages = Blueprint("pages", __name__)
    pages.before_request(check_language)
    for module in PAGES:
        module.join(pages)
    app.register_blueprint(pages)
    curation = Blueprint("curator_pages", __name__)
    curation.before_request(check_language)
    guard_curator_pages(curation)
    for module in CURATOR_PAGES:
        module.join(curation)
    app.register_blueprint(curation)


def error_page(error: Exception) -> Response:
    """What people see when something went wrong."""
    status = status_of(error)
    # werkzeug's own words are English, and speak of servers and spelling
    detail = _OUR_WORDS.get(type(error)) or detail_of(error)
    # in a frame there is room for a small page alone
    template = "embed_error.html" if request.path == "/embed" else "error.html"
    body = render_template(template, status=status, detail=detail, errors=errors_of(error))
    return in_language(failed(error, Response(body, mimetype="text/html")))
