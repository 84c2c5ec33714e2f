"""A plugin of pytest: what is computed from the boundaries is taken from a folder that has it."""

from __future__ import annotations

import os
from pathlib import Path

from tests import served
from tests.guards.taking_out import CACHE

served.filled_cache = lambda factory: Path(os.environ[CACHE])
