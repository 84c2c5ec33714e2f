"""A shop's journey: addresses with ZIP codes in, verdicts out, receipts kept and checked later."""

from __future__ import annotations

import csv
import json
import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pytest

from regmap.client import Client
from regmap.places.zips import ZipCodes
from tests.e2e.process import REGMAP, environment, serving
from tests.served import DATA, shared_app, shared_database, shared_folder

ADDRESSES = 100_000
BATCH = 10_000
BAD_ZIPS = ["", "9999", "00000", "1234O", "SW1A 1AA", "123456", "three"]
TOWNS = 300  # customers live together: more ZIP codes would only take longer
EVERY = 997
"""Each 997th address has a ZIP code that is none, or one that nobody has."""

PRODUCT = {
    "substance": "kratom",
    "form": "powder",
    "seven_oh_percent": 0.4,
    "seven_oh_ppm": 80,
    "serving_mg": 40,
    "buyer_age": 34,
}


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A shop's server has a key of its own."""
    shared_app(tmp_path_factory)  # the cache is filled: the server need not be waited for
    return environment(
        shared_database(tmp_path_factory),
        shared_folder(tmp_path_factory) / "cache",
        REGMAP_SECRET_KEY="the key of a shop that is its own alone",
    )


def write_addresses(file: Path) -> None:
    """A CSV of addresses from all over the gazetteer, some with ZIP+4, some wrong."""
    chance = random.Random(3)
    known = chance.sample(list(ZipCodes(DATA / "gazetteer")), TOWNS)
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["order", "street", "zip"])
        for number in range(ADDRESSES):
            zip = chance.choice(known)
            if number % EVERY == 0:
                zip = BAD_ZIPS[number // EVERY % len(BAD_ZIPS)]
            elif number % 5 == 0:
                zip = f"{zip}-{chance.randrange(10_000):04}"
            rows.writerow([f"order-{number}", f"{number} Main Street, “Suite” 5", zip])


def orders(file: Path) -> Iterator[dict[str, str]]:
    """What the shop asks of its file, row by row."""
    with file.open(newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            yield {"id": row["order"], "zip": row["zip"]}


def verify(file: Path, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [REGMAP, "verify-receipt", file],
        env={**settings, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def alter(file: Path, order: str) -> int:
    """Let the denial of an order become a permission, and give its line (from 1)."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    number = next(at for at, line in enumerate(lines) if json.loads(line).get("id") == order)
    item = json.loads(lines[number])
    assert item["verdict"] == "deny"
    lines[number] = json.dumps({**item, "verdict": "allow"}) + "\n"
    file.write_text("".join(lines), encoding="utf-8")
    return number + 1


def test_a_shop_asks_for_its_addresses_files_the_verdicts_and_checks_the_receipts(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    addresses = tmp_path / "addresses.csv"
    write_addresses(addresses)
    said: Counter[str] = Counter()
    refused, last_denied = 0, ""
    filed: list[Path] = []
    with serving(settings) as server, Client(server.address) as regmap:
        found = regmap.verdicts(orders(addresses), PRODUCT, on="2026-06-01", chunk=BATCH)
        for part in iter(lambda: list(islice(found, BATCH)), []):
            first = BATCH * len(filed)
            assert [one.id for one in part] == [f"order-{first + at}" for at in range(BATCH)]
            said.update(one.verdict for one in part)
            refused += sum(one.error is not None for one in part)
            last_denied = str(next(one.id for one in reversed(part) if one.verdict == "deny"))
            filed.append(tmp_path / f"verdicts-{len(filed)}.jsonl")
            filed[-1].write_text("".join(json.dumps(one.document) + "\n" for one in part), "utf-8")

    assert refused == -(-ADDRESSES // EVERY)
    assert sum(said.values()) == ADDRESSES
    assert min(said["allow"], said["deny"], said["unknown"]) > ADDRESSES / 100
    with ThreadPoolExecutor(2) as pool:
        checks = list(pool.map(lambda file: verify(file, settings), filed))
    assert [check.returncode for check in checks] == [0] * len(filed), checks[0].stderr
    counted = [int(check.stdout.split(" receipts checked")[0]) for check in checks]
    assert sum(counted) == ADDRESSES - refused

    line = alter(filed[-1], last_denied)
    altered = verify(filed[-1], settings)

    assert altered.returncode == 1
    [complaint] = altered.stderr.splitlines()
    assert f":{line}: " in complaint
    assert last_denied in complaint
