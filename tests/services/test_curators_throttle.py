"""How often one may try to sign in: counted in the store, for all workers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from regmap.domain.errors import NotSignedIn, TooMany
from regmap.services.curators import PER_ADDRESS, PER_NAME, PER_PAIR, WINDOW, Curators
from regmap.store.database import Database
from tests.services.curating import (
    AWAY,
    HOME,
    KEY,
    NOW,
    OTHER,
    PASSWORD,
    cheap,
    curators,
    everything_in,
    fail,
)
from tests.stored import opened_again, rows_of

__all__ = ["cheap", "curators"]  # fixtures


@pytest.mark.usefixtures("cheap")
def test_after_five_wrong_passwords_even_the_right_one_waits(curators: Curators) -> None:
    fail(curators, PER_PAIR)

    with pytest.raises(TooMany) as raised:
        curators.sign_in("ana", PASSWORD, HOME, NOW + timedelta(minutes=10))
    assert raised.value.retry_after == 5 * 60 + 1
    assert "5 min" in str(raised.value)

    assert curators.sign_in("ana", PASSWORD, AWAY, NOW)  # from elsewhere, as from other names
    assert curators.sign_in("bo", OTHER, HOME, NOW)
    assert curators.sign_in("ana", PASSWORD, HOME, NOW + WINDOW)


@pytest.mark.usefixtures("cheap")
def test_a_refused_attempt_does_not_make_the_wait_longer(curators: Curators) -> None:
    fail(curators, PER_PAIR)
    for minute in range(14):
        with pytest.raises(TooMany):
            curators.sign_in("ana", PASSWORD, HOME, NOW + timedelta(minutes=minute))

    assert curators.sign_in("ana", PASSWORD, HOME, NOW + WINDOW)


@pytest.mark.usefixtures("cheap")
def test_one_address_cannot_try_many_names(curators: Curators) -> None:
    for number in range(PER_ADDRESS):
        fail(curators, 1, f"name{number}")

    with pytest.raises(TooMany):
        curators.sign_in("bo", OTHER, HOME, NOW)
    assert curators.sign_in("bo", OTHER, AWAY, NOW)


@pytest.mark.usefixtures("cheap")
def test_many_addresses_cannot_try_one_name(curators: Curators) -> None:
    for number in range(PER_NAME):
        fail(curators, 1, "ana", f"203.0.113.{number}")

    with pytest.raises(TooMany):
        curators.sign_in("ana", PASSWORD, HOME, NOW)
    with pytest.raises(TooMany):
        curators.sign_in("ANA", PASSWORD, HOME, NOW)
    assert curators.sign_in("bo", OTHER, HOME, NOW)


@pytest.mark.usefixtures("cheap")
def test_success_wipes_the_attempts_from_there_and_no_others(
    curators: Curators, database: Database
) -> None:
    fail(curators, PER_PAIR - 1)
    fail(curators, 2, "ana", AWAY)
    fail(curators, 3, "bo", HOME)

    curators.sign_in("ana", PASSWORD, HOME, NOW)

    fail(curators, PER_PAIR)  # all five are there again
    [(left,)] = rows_of(database, "SELECT count(*) FROM sign_in_attempts")
    assert left == 3 * (PER_PAIR + 2 + 3)


@pytest.mark.usefixtures("cheap")
def test_workers_count_together_and_a_restart_forgets_nothing(
    curators: Curators, second: Curators, database: Database
) -> None:
    fail(curators, 3)
    fail(second, 2)

    for one in (curators, second, Curators(database, KEY)):
        with pytest.raises(TooMany):
            one.sign_in("ana", PASSWORD, HOME, NOW)


@pytest.fixture
def second(database: Database) -> Iterator[Curators]:
    """The same curators in another worker: connections of its own to the same file."""
    opened = opened_again(database)
    yield Curators(opened, KEY)
    opened.close()


@pytest.mark.usefixtures("cheap")
def test_attempts_at_the_same_time_cannot_outrun_the_count(
    curators: Curators, second: Curators
) -> None:
    def attempt(number: int) -> str:
        try:
            (curators, second)[number % 2].sign_in("ana", "wrong wrong wrong", HOME, NOW)
        except (NotSignedIn, TooMany) as error:
            return type(error).__name__
        return "in"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(24)))

    assert outcomes.count("NotSignedIn") == PER_PAIR
    assert outcomes.count("TooMany") == 24 - PER_PAIR


@pytest.mark.usefixtures("cheap")
def test_no_name_and_no_address_is_kept_and_nothing_for_longer_than_it_counts(
    curators: Curators, database: Database
) -> None:
    fail(curators, 2, "somebody-with-a-name", HOME)
    kept = everything_in(database)

    assert "somebody-with-a-name" not in kept
    assert HOME not in kept
    for guess in (HOME, f"address{HOME}", "somebody-with-a-name"):  # hashes without the key
        assert hashlib.sha256(guess.encode()).hexdigest() not in kept

    with pytest.raises(NotSignedIn):
        curators.sign_in("bo", "wrong wrong wrong", AWAY, NOW + WINDOW)
    moments = rows_of(database, "SELECT DISTINCT at FROM sign_in_attempts")
    assert moments == [((NOW + WINDOW).isoformat(timespec="microseconds").replace("+00:00", "Z"),)]


@pytest.mark.usefixtures("cheap")
def test_a_clock_that_was_set_back_opens_no_door(curators: Curators) -> None:
    fail(curators, PER_PAIR)

    with pytest.raises(TooMany):
        curators.sign_in("ana", PASSWORD, HOME, NOW - timedelta(days=1))
