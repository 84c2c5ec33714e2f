"""``regmap map -o FILE``: the map written as one file."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlencode

from regmap.app import create_app
from regmap.domain.dates import InvalidDate, parse_day
from regmap.domain.errors import DataProblem, InvalidValue
from regmap.domain.vocabulary import Substance
from regmap.domain.wording import said, sentence
from regmap.files import put_whole
from regmap.http.context import source_of
from regmap.schemas.queries import moment_given
from regmap.services.bundle import Services
from regmap.settings import Settings
from regmap.store import revisions
from regmap.store.database import Database
from regmap.web.languages import LANGUAGES
from regmap.web.map_config import MapLevel
from regmap.web.offline import Wish, offline_page


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for, as it was written; None: nothing in particular."""

    on: str | None = None
    substance: str | None = None
    level: str | None = None
    focus: str | None = None
    lang: str | None = None
    known_at: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: bytes, the day shown first, and the data that are in it."""

    size: int
    day: date
    data_version: str


def write_map(settings: Settings, file: Path, asked: Asked) -> Written:
    """Write the map into a file, whole or not at all.

    The same data and wishes give the same bytes on every day: the file speaks as of the day of the
    data's last edit (up to ``known_at``, where that is asked for), which is also the day shown if
    none is asked for.

    :raises InvalidValue: naming the wish that cannot be met.
    :raises DataProblem: if the data cannot be read, or the file cannot be written.
    """
    _check_place(file)
    day, level, lang = _day(asked), _level(asked), _language(asked)
    database = Database(settings.database_url)
    database.check()
    moment = moment_given(asked.known_at) if asked.known_at else None
    made = _last_edit(database, moment)
    keyless = replace(settings, environment="development", secret_key="")  # nothing is signed
    app = create_app(keyless, lambda: made)
    source = source_of(app)
    services = source.known_at(moment) if moment else source.current()
    wish = Wish(_substance(asked, services), day or made, made, level, asked.focus)
    with app.test_request_context(f"/?{urlencode({'lang': lang})}"):
        page = offline_page(services, wish).encode()
    try:
        put_whole(file, page)
    except OSError as error:
        raise DataProblem(f"{file}: {error.strerror or error}") from None
    return Written(len(page), wish.day, services.snapshot.data_version)


def _check_place(file: Path) -> None:
    """Find out before the work is done what would stop it at the end."""
    if not file.parent.is_dir():
        raise DataProblem(f"{file.parent}: no such folder")
    if file.is_dir():
        raise DataProblem(f"{file}: is a folder")


def _last_edit(database: Database, known_at: datetime | None) -> date:
    """The day (UTC) of the newest revision, or of the newest up to a moment."""
    with database.reading() as connection:
        number, _ = revisions.latest(connection, known_at)
        found, _ = revisions.log(connection, after=number - 1, limit=1)
    if not number and known_at:
        raise DataProblem(f"nothing had been recorded by {known_at:%Y-%m-%d %H:%M:%S} UTC")
    if not number:
        raise DataProblem("the database holds no records; `regmap load` loads them")
    return found[0].recorded_at.date()


def _day(asked: Asked) -> date | None:
    try:
        return parse_day(asked.on) if asked.on else None
    except InvalidDate as error:
        raise InvalidValue({"on": [sentence(error.args[0])]}) from None


def _level(asked: Asked) -> MapLevel:
    try:
        return MapLevel(asked.level or MapLevel.AUTO)
    except ValueError:
        raise _unknown("level", [level.value for level in MapLevel]) from None


def _language(asked: Asked) -> str:
    if asked.lang and asked.lang not in LANGUAGES:
        raise _unknown("lang", list(LANGUAGES))
    return asked.lang or next(iter(LANGUAGES))


def _substance(asked: Asked, services: Services) -> Substance:
    substances = services.snapshot.substances
    code = asked.substance or next(iter(substances))
    if code not in substances:
        raise _unknown("substance", list(substances))
    return substances[code]


def _unknown(name: str, codes: list[str]) -> InvalidValue:
    return InvalidValue({name: [said("Must be one of {codes}.", codes=", ".join(codes))]})
