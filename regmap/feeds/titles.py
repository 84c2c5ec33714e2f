"""What the feeds call themselves."""

from regmap.services.naming import AUTHORS, LICENCE

ABOUT = "regmap: changes in the law on kratom"
COMING = "regmap: coming dates in the law on kratom"
AUTHOR = AUTHORS
RIGHTS = f"{AUTHORS}, CC BY 4.0, {LICENCE}"
COMING_SUBTITLE = (
    "What takes effect and what ends, coming dates and those of the last 90 days. Only what is"
    " enacted: pending bills are not law. Information about law, not legal or medical advice."
)
SUBTITLE = (
    "Changes of law, announced ones included, and corrections of this record, by when they were"
    " recorded. Information about law, not legal or medical advice."
)
