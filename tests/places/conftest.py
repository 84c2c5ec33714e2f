"""The built gazetteer, and the data set to find names in."""

from pathlib import Path

import pytest

from regmap.domain.jurisdictions import Jurisdiction
from regmap.geo.atlas import Atlas
from regmap.places.gazetteer import Gazetteer
from regmap.places.names import PlaceNames
from regmap.places.zips import ZipCodes
from regmap.services.files import read_data
from tests.conftest import DATA

GAZETTEER = DATA / "gazetteer"
NODE_MODULES = Path(__file__).parents[2] / "node_modules"


@pytest.fixture(scope="session")
def zip_codes() -> ZipCodes:
    return ZipCodes(GAZETTEER)


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    return Atlas(DATA / "boundaries")


@pytest.fixture(scope="session")
def jurisdictions(atlas: Atlas) -> dict[str, Jurisdiction]:
    """Those of the boundaries and of the records, as a snapshot joins them."""
    return {**atlas.jurisdictions, **read_data(DATA).jurisdictions}


@pytest.fixture(scope="session")
def names(jurisdictions: dict[str, Jurisdiction]) -> PlaceNames:
    return PlaceNames(Gazetteer(GAZETTEER), jurisdictions.values())
