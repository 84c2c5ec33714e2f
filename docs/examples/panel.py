"""The legal status of kratom in the US states, month by month since 2012, from one data version.

    python panel.py http://127.0.0.1:8000 643-1cb4d9c2dd62 panel.csv

Reads the periods of law as the data set stood at that version, and writes a row for each state and
month: the status on the first day of the month, the law of the country counted in.
"""

import sys

import httpx
import pandas as pd

FIRST_MONTH, LAST_MONTH = "2012-01", "2026-11"
LEVELS = ("state", "district", "territory")

# The most restrictive first. An `unknown` of a state or country stands above the lawful statuses:
# nothing is called lawful in doubt.
ORDER = ["prohibited", "sale_prohibited", "controlled", "unknown", "regulated", "unregulated"]


def moment_of(api: httpx.Client, version: str) -> str:
    """When a data version was recorded: what ``known_at`` takes."""
    answer = api.get("/versions", params={"page_size": 200}).raise_for_status().json()
    moments = {one["data_version"]: one["recorded_at"] for one in answer["items"]}
    return str(moments[version])


def read_table(api: httpx.Client, table: str, known_at: str) -> pd.DataFrame:
    """A table of the data set as it stood at a moment. Empty cells are missing values."""
    url = httpx.URL(f"{api.base_url}export/csv").copy_merge_params(
        {"table": table, "substance": "kratom", "known_at": known_at}
    )
    return pd.read_csv(str(url), dtype=str, keep_default_na=False).replace("", None)


def monthly(periods: pd.DataFrame) -> pd.DataFrame:
    """Own status of each jurisdiction by month; no row where it had no rule of its own."""
    months = pd.period_range(FIRST_MONTH, LAST_MONTH, freq="M").strftime("%Y-%m-01").to_series()
    each = periods.merge(months.rename("on"), how="cross")
    holds = (each["from_day"].fillna("0001-01-01") <= each["on"]) & (
        each["on"] < each["to_day"].fillna("9999-12-31")
    )
    return each.loc[holds, ["jurisdiction", "on", "status", "confidence"]]


def panel_of(periods: pd.DataFrame, states: list[str]) -> pd.DataFrame:
    """State × month: the stricter of the state's own law and the country's."""
    own = monthly(periods[periods["jurisdiction"].isin(states)])
    federal = monthly(periods[periods["jurisdiction"] == "US"])
    each_state = pd.Series(states, name="jurisdiction")
    above = federal.drop(columns="jurisdiction").merge(each_state, how="cross")
    both = pd.concat([above, own])  # of equals, the wider one decides: it comes first
    both["rank"] = both["status"].map(ORDER.index)
    strictest = both.sort_values("rank", kind="stable").drop_duplicates(["jurisdiction", "on"])
    columns = ["jurisdiction", "on", "status", "confidence"]
    return strictest[columns].sort_values(columns[:2], ignore_index=True)


def made(address: str, version: str) -> pd.DataFrame:
    """The panel of a data version."""
    with httpx.Client(base_url=f"{address}/api/v1", timeout=60) as api:
        known_at = moment_of(api, version)
        periods = read_table(api, "periods", known_at)
        listed = read_table(api, "statuses", known_at)
    in_us = listed[listed["level"].isin(LEVELS) & (listed["parent"] == "US")]
    panel = panel_of(periods, sorted(in_us["jurisdiction"]))
    panel["data_version"] = version
    return panel


if __name__ == "__main__":
    _, address, version, target = sys.argv
    made(address, version).to_csv(target, index=False, lineterminator="\n")
