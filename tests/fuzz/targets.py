"""All fuzzers by their names."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fuzz import assistants, backups, bodies, files, limits, requests, texts
from tests.fuzz.target import Target

TARGETS: Mapping[str, Target] = {
    one.name: one
    for module in (texts, files, limits, requests, bodies, assistants, backups)
    for one in module.TARGETS
}
