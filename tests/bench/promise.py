"""One promise and what was measured of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """What is measured, the value found, the bound, and whether it held."""

    what: str
    measured: str
    promised: str
    held: bool


def at_least(what: str, value: float, bound: float, unit: str = "") -> Promise:
    """A value that may not be smaller than its bound."""
    return Promise(what, f"{value:,.2f}{unit}", f"at least {bound:,g}{unit}", value >= bound)


def at_most(what: str, value: float, bound: float, unit: str = "") -> Promise:
    """A value that may not be larger than its bound."""
    return Promise(what, f"{value:,.2f}{unit}", f"at most {bound:,g}{unit}", value <= bound)
