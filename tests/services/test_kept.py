"""Answers kept ready never grow past their bound, and are the ones that were made."""

from collections.abc import Hashable

from hypothesis import given
from hypothesis import strategies as st

from regmap.services.kept import Kept, Lasting


def test_what_was_made_once_is_not_made_again() -> None:
    kept: Kept[bytes] = Kept(10, len)
    made: list[Hashable] = []

    def make() -> bytes:
        made.append("now")
        return b"body"

    assert kept.get("question", make) == kept.get("question", make) == b"body"
    assert made == ["now"]


def test_the_least_used_goes_first() -> None:
    kept: Kept[str] = Kept(2)
    for key in ("old", "used", "old", "new"):
        kept.get(key, lambda key=key: key)  # type: ignore[misc]  # bound at once, on purpose

    assert kept.get("old", lambda: "made again") == "old"
    assert kept.get("used", lambda: "made again") == "made again"


def test_what_is_heavier_than_the_bound_is_given_and_not_kept() -> None:
    kept: Kept[bytes] = Kept(3, len)

    assert kept.get("large", lambda: b"four") == b"four"
    assert kept.get("large", lambda: b"new") == b"new"


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), max_size=60))
def test_the_bound_holds_whatever_is_asked(asked: list[tuple[int, int]]) -> None:
    kept: Kept[bytes] = Kept(20, len)
    last: dict[int, bytes] = {}
    for key, size in asked:
        body = kept.get(key, lambda size=size: bytes(size))  # type: ignore[misc]  # as above
        assert body in (last.get(key), bytes(size))
        last[key] = body

        kept_now = [last[one] for one in last if _is_kept(kept, one)]
        assert sum(map(len, kept_now)) <= 20


def _is_kept(kept: Kept[bytes], key: int) -> bool:
    missing = b"x" * 21  # heavier than the bound, so that asking keeps nothing
    return kept.get(key, lambda: missing) is not missing


def test_what_lasts_is_made_again_when_any_of_its_parts_is_another() -> None:
    lasting: Lasting[str] = Lasting(10)
    one, other, same_value = (["part"] for _ in range(3))

    assert lasting.get("question", (one, other), lambda: "made") == "made"
    assert lasting.get("question", (one, other), lambda: "made again") == "made"
    assert lasting.get("question", (one, same_value), lambda: "made again") == "made again"
    assert lasting.get("question", (one,), lambda: "of fewer parts") == "of fewer parts"


def test_of_what_lasts_the_least_used_goes_first() -> None:
    lasting: Lasting[str] = Lasting(2)
    part = object()
    for key in ("old", "used", "old", "new"):
        lasting.get(key, (part,), lambda key=key: key)  # type: ignore[misc]  # bound at once

    assert lasting.get("old", (part,), lambda: "made again") == "old"
    assert lasting.get("used", (part,), lambda: "made again") == "made again"
