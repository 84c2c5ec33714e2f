"""How codes, dates and names are written on pages, in the language of the request."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_babel import format_decimal, get_locale, gettext
from markupsafe import Markup, escape

from regmap.domain.dates import EARLIEST_YEAR, LATEST_YEAR
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import RuleValue
from regmap.domain.vocabulary import (
    CHANGE_TYPES,
    CONFIDENCES,
    RULES,
    STATUSES,
    ChangeType,
    Confidence,
    Direction,
    Extent,
    Level,
    Match,
    Permission,
    SourceKind,
    Status,
    age_applies,
)
from regmap.domain.wording import said, sentence
from regmap.web.clock import asked_known_at, known_at_words, past_words
from regmap.web.languages import LANGUAGES, language, shown_date, told
from regmap.web.page import api_link, correction_link, link, same_page

LEVEL_NAMES: Mapping[Level, str] = {
    Level.COUNTRY: said("country"),
    Level.STATE: said("state"),
    Level.TERRITORY: said("territory"),
    Level.DISTRICT: said("district"),
    Level.COUNTY: said("county"),
    Level.TRIBAL: said("tribal land"),
    Level.PLACE: said("town or city"),
}
CONFIDENCE_NAMES: Mapping[Confidence, str] = {
    Confidence.HIGH: said("high"),
    Confidence.MEDIUM: said("medium"),
    Confidence.LOW: said("low"),
}
PERMISSION_NAMES: Mapping[Permission, str] = {
    Permission.ALLOWED: said("allowed"),
    Permission.RESTRICTED: said("restricted"),
    Permission.PROHIBITED: said("prohibited"),
    Permission.UNKNOWN: said("not known"),
}
SOURCE_KIND_NAMES: Mapping[SourceKind, str] = {
    SourceKind.STATUTE: said("statute"),
    SourceKind.BILL: said("bill"),
    SourceKind.RULE: said("agency rule"),
    SourceKind.ORDINANCE: said("ordinance"),
    SourceKind.COURT: said("court"),
    SourceKind.GOVERNMENT: said("public body"),
    SourceKind.RESEARCH: said("research"),
    SourceKind.NEWS: said("news"),
    SourceKind.ADVOCACY: said("interest group"),
    SourceKind.VENDOR: said("seller"),
}
DIRECTION_NAMES: Mapping[Direction, str] = {
    Direction.TIGHTENED: said("tightened"),
    Direction.LOOSENED: said("loosened"),
    Direction.OTHER: said("changed otherwise"),
}
CHANGE_TYPE_NAMES: Mapping[ChangeType, str] = {
    ChangeType.LAW_CHANGED: said("law changed"),
    ChangeType.RECORD_CORRECTED: said("record corrected"),
}
MATCH_NAMES: Mapping[Match, str] = {
    Match.INSIDE: said("inside"),
    Match.NEAREST: said("nearest"),
    Match.POSSIBLE: said("possible"),
}
EXTENT_NAMES: Mapping[Extent | None, str] = {
    Extent.WHOLE: said("all of it"),
    Extent.UNINCORPORATED: said("only outside the cities"),
    None: said("not confirmed"),
}
# The substances are data (data/substances.yaml); those known here have a name in every language.
_SUBSTANCES = (
    said("Kratom"),
    said("7-OH"),
    said(
        "the plant Mitragyna speciosa, its leaf,"
        " and ordinary products whose alkaloid is mitragynine"
    ),
    said("concentrated or synthetic 7-hydroxymitragynine products, where a law treats them apart"),
)
_NAMES: Mapping[type, Mapping[Any, str]] = {
    Level: LEVEL_NAMES,
    Confidence: CONFIDENCE_NAMES,
    Permission: PERMISSION_NAMES,
    SourceKind: SOURCE_KIND_NAMES,
    Direction: DIRECTION_NAMES,
    Match: MATCH_NAMES,
    ChangeType: CHANGE_TYPE_NAMES,
    Extent: EXTENT_NAMES,
}


def join_words(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters.update(
        date=shown_date,
        told=told,
        word=word,
        named=named,
        plain_name=plain_name,
        decimal=format_decimal,
        sentence=lambda text: told(sentence(text)),
    )
    app.jinja_env.globals.update(
        link=link,
        same_page=same_page,
        api_link=api_link,
        correction_link=correction_link,
        asked_known_at=asked_known_at,
        known_at_words=known_at_words,
        past_words=past_words,
        language=language,
        LANGUAGES=LANGUAGES,
        STATUSES=STATUSES,
        CONFIDENCES=CONFIDENCES,
        CHANGE_TYPES=CHANGE_TYPES,
        RULES=RULES,
        EXTENT_NAMES=EXTENT_NAMES,
        age_applies=age_applies,
        status_words=status_words,
        rule_words=rule_words,
        FIRST_DAY=f"{EARLIEST_YEAR}-01-01",
        LAST_DAY=f"{LATEST_YEAR}-12-31",
    )


def word(code: Any) -> str:
    """A code of the vocabulary (a level, a confidence, a permission …) in one or two words."""
    if isinstance(code, Status):
        return told(STATUSES[code].label)
    return told(_NAMES[type(code)][code])


def named(jurisdiction: Jurisdiction) -> Markup:
    """A jurisdiction's name, as the language has it where that is known, marked as English else.

    Names of countries and territories come from the CLDR (by Babel).
    """
    name = territory_name(jurisdiction)
    if name is not None:
        return escape(name)
    if language() == "en" or jurisdiction.level in (Level.COUNTRY, Level.TERRITORY):
        return escape(jurisdiction.name)
    return Markup('<span lang="en">{}</span>').format(jurisdiction.name)


def plain_name(jurisdiction: Jurisdiction) -> str:
    """The same without markup, for titles and charts."""
    return territory_name(jurisdiction) or jurisdiction.name


def territory_name(jurisdiction: Jurisdiction) -> str | None:
    """The name of a country or territory in a language other than English, by its ISO code."""
    locale = get_locale()
    if locale.language == "en" or jurisdiction.level not in (Level.COUNTRY, Level.TERRITORY):
        return None
    return locale.territories.get(jurisdiction.id.rsplit("-", 1)[-1])  # US-PR is PR, too


def status_words(status: Status, min_age: int | None) -> str:
    """A status with the age from which it holds, where that says something."""
    label = told(STATUSES[status].label)
    if min_age and age_applies(status):
        return gettext("%(status)s, from %(age)s years", status=label, age=min_age)
    return label


def rule_words(rule: str, value: RuleValue) -> str:
    """A rule of a period in plain words."""
    entry = RULES[rule]
    meaning = told(entry.meaning)
    if value is True:
        return gettext("%(rule)s: yes", rule=meaning)
    if value is False:
        return gettext("%(rule)s: no", rule=meaning)
    shown = value if isinstance(value, str) else format_decimal(value)
    unit = f" {told(entry.unit)}" if entry.unit else ""
    return gettext("%(rule)s: %(value)s", rule=meaning, value=f"{shown}{unit}")
