"""Whether the data can be served, without making everything that serving needs."""

from pathlib import Path

from regmap.geo.drawings import Drawings
from regmap.places.packed import verify as verify_gazetteer
from regmap.release.substances import read_substances
from regmap.services.snapshot import check_heads, open_geography
from regmap.store import revisions
from regmap.store.database import Database


def check_readable(
    database_url: str, data_dir: Path, cache_dir: Path | None, boundaries_dir: Path | None
) -> Drawings:
    """Make sure that database and boundaries are there and whole, and fill the cache.

    :returns: the drawings, for what else is made of them.
    :raises DataProblem: saying what is missing or broken, and what makes it.
    """
    read_substances(data_dir / "substances.yaml")
    atlas = open_geography(data_dir, cache_dir, boundaries_dir).atlas
    atlas.verify()
    verify_gazetteer(data_dir / "gazetteer")
    drawings = Drawings(atlas)
    database = Database(database_url)
    database.check()
    with database.reading() as connection:
        last, _ = revisions.latest(connection)
        check_heads(revisions.heads(connection, last), atlas)
    database.close()
    return drawings
