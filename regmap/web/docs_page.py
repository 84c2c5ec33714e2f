"""``/docs``: the API, readable: made from its OpenAPI document, without scripts."""

from collections.abc import Mapping

from flask import Blueprint, Response
from markupsafe import Markup, escape

from regmap.http.context import description
from regmap.web.page import page
from regmap.web.reference import shapes, topics

# By method and path: what to put behind the path to see an answer. A test asks each of them.
EXAMPLES: Mapping[tuple[str, str], str] = {
    ("get", "/api/v1/status"): "/api/v1/status?lat=33.52&lon=-86.81",
    ("get", "/api/v1/search"): "/api/v1/search?q=Columbus",
    ("get", "/api/v1/jurisdictions"): "/api/v1/jurisdictions?level=state&status=prohibited",
    ("get", "/api/v1/jurisdictions/{jurisdiction_id}"): "/api/v1/jurisdictions/US-TN",
    ("get", "/api/v1/jurisdictions/{jurisdiction_id}/history"): (
        "/api/v1/jurisdictions/TH/history"
    ),
    ("get", "/api/v1/jurisdictions/{jurisdiction_id}/boundary"): (
        "/api/v1/jurisdictions/US-DC/boundary"
    ),
    ("get", "/api/v1/changes"): "/api/v1/changes?from=2025-01-01&to=2026-01-01",
    ("get", "/api/v1/revisions"): "/api/v1/revisions?page_size=5",
    ("get", "/api/v1/versions"): "/api/v1/versions?page_size=5",
    ("get", "/api/v1/versions/diff"): "/api/v1/versions/diff?from=600&page_size=5",
    ("get", "/api/v1/map"): "/api/v1/map?level=country",
    ("get", "/api/v1/map/timeline"): "/api/v1/map/timeline?substance=7-oh",
    ("get", "/api/v1/corrections"): "/api/v1/corrections?page_size=5",
    ("get", "/api/v1/recheck"): "/api/v1/recheck?page_size=5",
    ("get", "/api/v1/export/{form}"): "/api/v1/export/csv?table=changes&substance=7-oh",
    ("get", "/api/v1/codebook"): "/api/v1/codebook",
    ("get", "/api/v1/schemas/record.json"): "/api/v1/schemas/record.json",
}
# Bodies that show what a call takes; a test posts each of them.
BODIES: Mapping[str, str] = {
    "/api/v1/status/batch": (
        '{"items": [{"id": "a", "lat": 33.52, "lon": -86.81}, {"zip": "39701"},'
        ' {"jurisdiction": "TH"}]}'
    ),
    "/api/v1/verdicts": (
        '{"items": [{"zip": "37402"}], "product": {"substance": "kratom", "form": "powder",'
        ' "seven_oh_percent": 0.5, "buyer_age": 30}}'
    ),
    "/api/v1/route": '{"stops": [{"zip": "37402"}, {"zip": "30303"}]}',
}


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/docs")
    def docs() -> Response:
        """The API, readable."""
        document = description()
        return page(
            "docs.html",
            about=document["info"]["description"],
            topics=topics(document),
            shapes=shapes(document),
            coded=coded,
            EXAMPLES=EXAMPLES,
            BODIES=BODIES,
        )


def coded(text: str) -> Markup:
    """Text with what stands between backticks as code."""
    return Markup().join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(text.split("`"))
    )
