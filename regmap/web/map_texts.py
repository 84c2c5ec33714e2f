"""The texts of the map's script, in the language of the request.

They are patterns: the script puts values in for ``%(name)s``. A pair is a singular and a plural.
"""

from flask_babel import gettext, ngettext

Texts = dict[str, str | tuple[str, str]]


def map_texts() -> Texts:
    """All of them, by the name that the script uses."""
    return {**_dates(), **_popup(), **_counted(), **_summary(), **_places(), **_problems()}


def _dates() -> Texts:
    return {
        "month_year": gettext("%(month)s %(year)s"),
        "day_month_year": gettext("%(day)s %(month)s %(year)s"),
        "from_age": gettext("%(status)s, from %(age)s years"),
        "day_past": gettext("past"),
        "day_today": gettext("today"),
        "day_announced": gettext("announced"),
        "day_kind": gettext("%(day)s (%(kind)s)"),
        "date_not_known": gettext("date not known"),
        "wrong_day": gettext("This is no day of the years 1800 to 2200. The map stays as it is."),
    }


def _popup() -> Texts:
    return {
        "loading": gettext("Loading…"),
        "close": gettext("Close"),
        "details": gettext("Details"),
        "named_status": gettext("%(name)s: %(status)s"),
        "named_compared": gettext("%(name)s: %(direction)s, now %(status)s"),
        "named_filtered": gettext("%(name)s: %(status)s (left out by the filters)"),
        "before": gettext("Before"),
        "then_status": gettext("%(day)s: %(status)s (%(direction)s)"),
        "since": gettext("Since"),
        "decided_by": gettext("Decided by"),
        "possible": gettext("Strictest possible"),
        "confidence": gettext("Confidence"),
        "no_evidence": gettext("no evidence"),
        "evidence_of": gettext("Evidence of"),
        "doubt": gettext("Doubt"),
        "doubt_1": gettext("one reason to doubt this"),
        "doubt_2": gettext("several reasons to doubt this"),
        "next_change": gettext("Next change"),
        "from_day": gettext("%(day)s: %(status)s"),
        "local_rules": gettext("Local rules"),
        "pending": gettext("Pending"),
        "never_lawful": gettext("Not enough is known. Unknown never means lawful."),
        "disputed": gettext("disputed, unknown"),
        "disputed_land": gettext("Disputed land: which law holds here is not certain."),
        "more": gettext("More, with sources"),
        "this_spot": gettext("Answer for this spot"),
        "explain_spot": gettext("How this was decided"),
        "nowhere": gettext("This lies outside every jurisdiction."),
    }


def _counted() -> Texts:
    one, many = _forms(1), _forms(2)
    return {name: (one[name], many[name]) for name in one}


def _forms(number: int) -> dict[str, str]:
    """The patterns for a number of things; the script puts the number in as ``count``."""
    keep = {name: f"%({name})s" for name in ("count", "name", "differing")}
    return {
        "bills": ngettext("%(count)s bill", "%(count)s bills", number, **keep),
        "bills_in": ngettext(
            "%(name)s: %(count)s pending bill",
            "%(name)s: %(count)s pending bills",
            number,
            **keep,
        ),
        "rules_below": ngettext(
            "%(count)s below it, %(differing)s with another status",
            "%(count)s below it, %(differing)s with another status",
            number,
            **keep,
        ),
        "candidates": ngettext(
            "%(count)s place found. Choose it with the arrow keys.",
            "%(count)s places found. Choose one with the arrow keys.",
            number,
            **keep,
        ),
    }


def _summary() -> Texts:
    return {
        "sum": gettext("%(substance)s on %(day)s."),
        "sum_compared": gettext("%(substance)s: changes from %(before)s to %(day)s."),
        "sum_country": gettext("Countries and territories: %(counts)s."),
        "sum_state": gettext("U.S. states and territories: %(counts)s."),
        "sum_local": gettext("Counties and towns with a rule of their own: %(counts)s."),
        "sum_filters": gettext("Filters: %(filters)s. What they leave out is drawn empty."),
        "count_of": gettext("%(name)s %(count)s"),
        "count_none": gettext("none"),
        "filter_status": gettext("status %(value)s"),
        "filter_confidence": gettext("confidence %(value)s"),
        "filter_evidence": gettext("evidence %(value)s"),
    }


def _places() -> Texts:
    return {
        "map_label": gettext("Map"),
        "zoom_in": gettext("Zoom in"),
        "zoom_out": gettext("Zoom out"),
        "kind_point": gettext("coordinates"),
        "kind_zip": gettext("ZIP code"),
        "kind_place": gettext("town or city"),
        "kind_jurisdiction": gettext("jurisdiction"),
        "nothing_found": gettext(
            "Nothing found. Try a town with its state, a ZIP code, or latitude, longitude."
        ),
        "nowhere_to_go": gettext("Where this lies is not known, so the map cannot show it."),
        "your_position": gettext("Your position"),
        "position_asked": gettext("Asking your browser where you are…"),
        "position_denied": gettext(
            "Your browser was not allowed to tell where you are. Search for a place instead."
        ),
        "position_unavailable": gettext(
            "Your browser does not know where you are. Search for a place instead."
        ),
        "position_timeout": gettext("Your browser took too long to find where you are. Try again."),
        "group_state": gettext("U.S. states and territories, states of other countries"),
        "group_country": gettext("Countries and territories"),
        "group_local": gettext("Counties and towns with a record"),
        "name_in": gettext("%(name)s, %(parent)s"),
        "embed_title": gettext("%(substance)s: the law on a map (regmap)"),
        "not_on_map": gettext("“%(value)s” is not on this map."),
    }


def _problems() -> Texts:
    return {
        "try_again": gettext("Try again"),
        "dismiss": gettext("Dismiss"),
        "what_countries": gettext("the shapes of the countries"),
        "what_states": gettext("the shapes of the states"),
        "what_counties": gettext("the shapes of the counties"),
        "what_limits": gettext("the limits of towns"),
        "what_timeline": gettext("the law"),
        "what_status": gettext("the law in words"),
        "what_search": gettext("the search"),
        "not_loaded": gettext("Could not load: %(what)s. Is the network gone?"),
        "not_loaded_because": gettext("Could not load: %(what)s. %(why)s"),
        "wrong_substance": gettext(
            "The address asks for the substance “%(value)s”, which is not known here."
        ),
        "wrong_on": gettext(
            "The address asks for the day “%(value)s”, which is no day of the years 1800 to 2200."
            " The map shows today."
        ),
        "wrong_compare": gettext(
            "The address compares with the day “%(value)s”, which is no day of the years 1800 to"
            " 2200. Nothing is compared."
        ),
        "wrong_level": gettext(
            "The address asks for the level “%(value)s”, which the map has not."
        ),
        "wrong_status": gettext(
            "The address filters by the status “%(value)s”, not all of which is known here."
        ),
        "wrong_confidence": gettext(
            "The address filters by the confidence “%(value)s”, not all of which is known here."
        ),
        "wrong_evidence": gettext(
            "The address filters by the evidence “%(value)s”, which is not known here."
        ),
        "wrong_view": gettext("The address asks for the view “%(value)s”, which is none."),
        "wrong_focus": gettext("The address names “%(value)s”, which is no id."),
    }
