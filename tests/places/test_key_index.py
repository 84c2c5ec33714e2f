"""The sorted keys: exact by bisection, and no similar key is passed over."""

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from regmap.places.key_index import KeyIndex
from regmap.places.packed import Lines
from regmap.places.text import fold

KEYS = st.lists(st.text("abcnosи東กй", min_size=1, max_size=9), unique=True, max_size=30).map(
    lambda keys: sorted(keys, key=str.encode)
)


@given(KEYS, st.text("abcnosи東กй", min_size=1, max_size=9))
def test_a_key_is_found_where_it_stands(keys: list[str], other: str) -> None:
    index = KeyIndex.of(keys)
    assert len(index) == len(keys)
    for position, key in enumerate(keys):
        assert index.position(key) == position
        assert index.key(position) == key
    assert (index.position(other) is None) == (other not in keys)


@given(
    st.lists(st.text("abcnos", min_size=1, max_size=9), unique=True, max_size=30).map(sorted),
    st.text("abcnosz", min_size=1, max_size=9),
    st.integers(0, 2),
)
def test_every_similar_key_is_found(keys: list[str], asked: str, errors: int) -> None:
    index = KeyIndex.of(keys)
    found = {index.key(position): distance for position, distance in index.similar(asked, errors)}
    near = {key: OSA.distance(asked, key) for key in keys}
    assert found == {key: far for key, far in near.items() if far <= errors and errors}


@given(KEYS)
def test_lines_are_found_by_what_stands_before_the_tab(keys: list[str]) -> None:
    lines = Lines("".join(f"{key}\t{number}\n" for number, key in enumerate(keys)).encode())
    assert [key.decode() for key in lines.keys()] == keys  # noqa: SIM118  # no mapping
    for number, key in enumerate(keys):
        assert lines.get(key.encode()) == f"{key}\t{number}"
    assert lines.get(b"zz") is None


@given(st.text(max_size=50))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once or not once.isascii()
    assert "\n" not in once
    assert "\t" not in once
    once.encode()
