"""The documents of the standard: linked, described by a valid definition, and pages too."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import OpenAPIV30SpecValidator

from tests.ogc.conftest import ITEMS, target
from tests.served import json_of
from tests.web.conftest import Page

COLLECTION = "/ogc/collections/jurisdictions"
CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
DOCUMENTS = ["/ogc", "/ogc/conformance", "/ogc/collections", COLLECTION, ITEMS, f"{ITEMS}/US-TN"]
# Documented path → real questions, chosen so that every kind of answer is among them.
REAL = {
    "/": ["/ogc", "/ogc/"],
    "/conformance": ["/ogc/conformance"],
    "/api": ["/ogc/api"],
    "/collections": ["/ogc/collections"],
    "/collections/{collectionId}": [COLLECTION],
    "/collections/{collectionId}/items": [
        f"{ITEMS}?limit=10000",
        f"{ITEMS}?limit=10000&substance=7-oh&on=2024-07-01",
        f"{ITEMS}?bbox=177,-20,-178,-12&datetime=2020-01-01/..",
        f"{ITEMS}?offset=99999",
        f"{ITEMS}?limit=100&known_at=2020-01-01",
    ],
    "/collections/{collectionId}/items/{featureId}": [
        f"{ITEMS}/{id}" for id in ("US", "FJ", "AU-WA", "US-MS-columbus", "CU", "HK")
    ],
}
REFUSED = {
    "/": ["/ogc?x=1"],
    "/collections/{collectionId}": ["/ogc/collections/x"],
    "/collections/{collectionId}/items": [f"{ITEMS}?bbox=1", f"{ITEMS}?f=gml"],
    "/collections/{collectionId}/items/{featureId}": [f"{ITEMS}/XX"],
}


@pytest.fixture
def definition(client: FlaskClient) -> Any:
    return json_of(client.get("/ogc/api"))


def check(definition: Any, schema: Any, instance: Any) -> None:
    whole = {"allOf": [schema], "components": definition["components"]}
    errors = [
        f"{list(error.absolute_path)}: {error.message[:200]}"
        for error in OAS30Validator(whole).iter_errors(instance)
    ]
    assert errors == []


def test_the_definition_is_valid_openapi_3_0(definition: Any) -> None:
    OpenAPIV30SpecValidator(definition).validate()
    assert definition["openapi"].startswith("3.0.")


def test_the_definition_has_all_paths_of_the_standard(definition: Any) -> None:
    assert set(definition["paths"]) == set(REAL)
    assert definition["servers"] == [{"url": "http://localhost/ogc"}]


@pytest.mark.parametrize(("path", "url"), [(path, url) for path in REAL for url in REAL[path]])
def test_every_answer_is_what_the_definition_says(
    client: FlaskClient, definition: Any, path: str, url: str
) -> None:
    response = client.get(url)

    content = definition["paths"][path]["get"]["responses"]["200"]["content"]
    check(definition, content[response.content_type]["schema"], json_of(response))


@pytest.mark.parametrize(
    ("path", "url"), [(path, url) for path in REFUSED for url in REFUSED[path]]
)
def test_every_problem_is_what_the_definition_says(
    client: FlaskClient, definition: Any, path: str, url: str
) -> None:
    response = client.get(url)

    answers = definition["paths"][path]["get"]["responses"]
    reference = answers[str(response.status_code)]["$ref"].rsplit("/", 1)[-1]
    content = definition["components"]["responses"][reference]["content"]
    check(definition, content[response.mimetype]["schema"], response.get_json(force=True))


def test_the_definition_names_the_parameters_that_are_taken(
    client: FlaskClient, definition: Any
) -> None:
    examples = {
        "f": "json",
        "substance": "7-oh",
        "on": "2020-01-01",
        "known_at": "2020-01-01T00:00:00Z",
        "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "bbox-crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "limit": "5",
        "bbox": "0,0,1,1",
        "datetime": "2020-01-01",
        "level": "state,county",
        "status": "unknown",
        "offset": "2",
    }
    described = {
        one["$ref"].rsplit("/", 1)[-1]
        for one in definition["paths"]["/collections/{collectionId}/items"]["get"]["parameters"]
    }

    assert described == {*examples, "collectionId"}
    for name, text in examples.items():
        assert client.get(ITEMS, query_string={name: text}).status_code == 200, name


def test_the_definition_of_limit_is_that_of_the_standard(definition: Any) -> None:
    limit = definition["components"]["parameters"]["limit"]

    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 10}
    assert (limit["in"], limit["style"], limit["explode"]) == ("query", "form", False)


@pytest.mark.parametrize("path", ["/ogc", "/ogc/"])
def test_the_landing_page_leads_to_the_rest(client: FlaskClient, path: str) -> None:
    landing = json_of(client.get(path))

    assert {"self", "alternate", "service-desc", "service-doc", "conformance", "data"} <= {
        one["rel"] for one in landing["links"]
    }


def test_only_what_is_tested_is_claimed(client: FlaskClient) -> None:
    claimed = json_of(client.get("/ogc/conformance"))["conformsTo"]

    assert claimed == [f"{CORE}{name}" for name in ("core", "oas30", "html", "geojson")]


def test_the_collection_is_described_the_same_alone_and_among_all(client: FlaskClient) -> None:
    alone = json_of(client.get(COLLECTION))
    [among] = json_of(client.get("/ogc/collections"))["collections"]

    for described in (alone, among):
        relations = [(one["rel"], one["type"]) for one in described["links"]]
        assert ("items", "application/geo+json") in relations
        assert ("items", "text/html") in relations
        assert "self" in {one["rel"] for one in described["links"]}
    assert {**alone, "links": None} == {**among, "links": None}
    assert alone["extent"]["spatial"]["bbox"] == [[-180, -90, 180, 90]]


@pytest.mark.parametrize("path", DOCUMENTS)
@pytest.mark.parametrize("f", ["json", "html"])
def test_every_link_is_absolute_and_leads_to_what_it_says(
    client: FlaskClient, path: str, f: str
) -> None:
    links = json_of(client.get(f"{path}?f=json"))["links"]
    if f == "html":
        links = [one for one in links if one["rel"] == "alternate"]

    assert links
    for one in links:
        assert set(one) == {"href", "rel", "type", "title"}
        parts = urlsplit(one["href"])
        if parts.netloc != "localhost":
            assert one["rel"] == "license"
            continue
        response = client.get(one["href"])
        assert response.status_code == 200, one
        assert response.content_type.split(";")[0] == one["type"].split(";")[0], one


@pytest.mark.parametrize("path", [*DOCUMENTS, "/ogc/api"])
def test_every_page_is_sound_and_has_the_links_of_the_document(
    client: FlaskClient, path: str
) -> None:
    html = client.get(f"{path}?f=html").get_data(as_text=True)
    page = Page(html)

    assert page.problems == []
    assert page.inline_scripts == []
    assert page.all("html")[0]["lang"] == "en"
    assert "<title>" in html
    assert len(page.all("h1")) == 1
    if path != "/ogc/api":
        document = json_of(client.get(f"{path}?f=json"))
        shown = {one["href"] for one in page.all("a")}
        relations = {one["rel"] for one in document["links"]}
        assert {str(target(document, "alternate")).replace("f=html", "f=json")} <= shown
        assert relations <= {str(one.get("rel", "")).split(" ")[0] for one in page.all("a")}


def test_the_page_of_a_feature_tells_all_of_it(client: FlaskClient) -> None:
    feature = json_of(client.get(f"{ITEMS}/US-AL?f=json"))
    page = Page(client.get(f"{ITEMS}/US-AL?f=html").get_data(as_text=True))

    for name, value in feature["properties"].items():
        assert name in page.text
        if isinstance(value, str) and not value.startswith("http"):
            assert " ".join(value.split()) in page.text, name
    assert str(feature["geometry"]["coordinates"]).replace(" ", "") in page.text


def test_the_page_of_features_tells_every_property(client: FlaskClient) -> None:
    features = json_of(client.get(f"{ITEMS}?f=json&offset=300"))["features"]
    page = Page(client.get(f"{ITEMS}?f=html&offset=300").get_data(as_text=True))

    for feature in features:
        for name in ("name", "id", "status", "summary", "governed_by"):
            assert " ".join(feature["properties"][name].split()) in page.text
