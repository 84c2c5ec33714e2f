"""What ``/check`` says in sentences, in the language of the request."""

from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import gettext

from regmap.domain.dates import PartialDate
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.locations import Point, Within, Zip
from regmap.domain.resolution import Layer, Resolution
from regmap.domain.vocabulary import MATCHES, Match, Permission, Status, Substance
from regmap.domain.wording import sentence
from regmap.services.bundle import Services
from regmap.services.finder import Named
from regmap.web.languages import shown_date, told
from regmap.web.words import plain_name


def place_name(asked: Services, named: Named) -> str:
    """The spot that was asked for, as people write it."""
    tree, where, town = asked.snapshot.tree, named.location, named.candidate
    if isinstance(where, Within):
        chain = tree.chain(where.jurisdiction)
        return ", ".join(plain_name(one) for one in reversed(chain))
    if town is not None:
        above = [id for id in (town.state, town.country) if id is not None and id in tree]
        return ", ".join([town.name, *(plain_name(tree.get(id)) for id in above)])
    return told(named.name)


def region_name(layers: tuple[Layer, ...]) -> str:
    """The jurisdictions that hold a spot for certain, the finest first."""
    return ", ".join(plain_name(layer.jurisdiction) for layer in reversed(layers))


def day_words(day: date, today: date) -> str:
    """Which day an answer is about."""
    shown = shown_date(day)
    if day == today:
        return gettext("Today, %(day)s", day=shown)
    if day < today:
        return gettext("As the law stood on %(day)s", day=shown)
    return gettext("As announced for %(day)s", day=shown)


def verdict(resolution: Resolution | None, substance: Substance) -> str:
    """What holds, as one sentence."""
    name = told(substance.name)
    if resolution is None:
        return gettext(
            "%(substance)s: this spot lies outside every jurisdiction that regmap knows. Nobody"
            " here can say which law holds.",
            substance=name,
        )
    match resolution.status:
        case Status.PROHIBITED:
            return gettext(
                "%(substance)s is prohibited here: selling it and possessing it are illegal.",
                substance=name,
            )
        case Status.SALE_PROHIBITED:
            return gettext(
                "Selling %(substance)s is illegal here; possessing it is not an offence.",
                substance=name,
            )
        case Status.CONTROLLED:
            return gettext(
                "%(substance)s is controlled here: lawful only with a prescription, as an"
                " authorised medicine, or under licence.",
                substance=name,
            )
        case Status.REGULATED:
            return _regulated(name, resolution.min_age)
        case Status.UNREGULATED:
            return gettext(
                "%(substance)s is lawful here; no law made for it was found.", substance=name
            )
        case Status.UNKNOWN:
            return gettext(
                "Whether %(substance)s is lawful here is not known. Nobody should read this as"
                " lawful.",
                substance=name,
            )


def _regulated(name: str, min_age: int | None) -> str:
    if min_age:
        return gettext(
            "%(substance)s is lawful here for people aged %(age)s or over, under a law made for"
            " it.",
            substance=name,
            age=min_age,
        )
    return gettext(
        "%(substance)s is lawful here for adults, under a law made for it.", substance=name
    )


def basis(governing: Layer, substances: Mapping[str, Substance], substance: Substance) -> str:
    """By whose law, and since when."""
    who = plain_name(governing.jurisdiction)
    period = governing.period
    if period is None or period.status is Status.UNKNOWN:
        return gettext("What is not clear is the law of this jurisdiction: %(who)s.", who=who)
    if governing.inherited and substance.falls_back_to:
        plant = told(substances[substance.falls_back_to].name)
        return gettext(
            "The law that decides: %(who)s, on %(plant)s, which covers it; %(since)s.",
            who=who,
            plant=plant,
            since=_since(period.start),
        )
    return gettext("The law that decides: %(who)s, %(since)s.", who=who, since=_since(period.start))


def _since(start: PartialDate | None) -> str:
    if start is None:
        return gettext("since when is not known")
    return gettext("in force since %(since)s", since=shown_date(start))


def possession_words(permission: Permission) -> str:
    """What holds for having it."""
    match permission:
        case Permission.ALLOWED:
            return gettext("not an offence")
        case Permission.PROHIBITED:
            return gettext("illegal")
        case Permission.RESTRICTED:
            return gettext("only under conditions")
        case Permission.UNKNOWN:
            return gettext("not known")


def sale_words(permission: Permission) -> str:
    """What holds for selling it."""
    match permission:
        case Permission.ALLOWED:
            return gettext("allowed")
        case Permission.RESTRICTED:
            return gettext("only under conditions")
        case Permission.PROHIBITED:
            return gettext("illegal")
        case Permission.UNKNOWN:
            return gettext("not known")


def match_words(layer: Layer, named: Named) -> str:
    """Why a layer was found at all."""
    where = named.location
    if layer.match is Match.POSSIBLE:
        if isinstance(where, Zip):
            return gettext("Only part of the ZIP code may lie in it, or its limits are not loaded.")
        return told(sentence(MATCHES[Match.POSSIBLE]))
    if isinstance(where, Point):
        return told(sentence(MATCHES[layer.match]))
    if isinstance(where, Zip):
        return gettext("All of the ZIP code lies in it.")
    if layer.jurisdiction.id == where.jurisdiction:
        return gettext("This is what was asked for.")
    return gettext("What was asked for lies in it.")


def day_before(end: PartialDate) -> str:
    """The last day of what ended then (YYYY-MM-DD)."""
    return (end.first_day - timedelta(days=1)).isoformat()


def names_of(jurisdictions: list[Jurisdiction]) -> str:
    """Some jurisdictions by name, with commas between."""
    return ", ".join(plain_name(one) for one in jurisdictions)
