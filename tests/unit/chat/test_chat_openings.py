"""What was read ahead is found again, and never takes more than its room."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ftcore.chat.adapters import Adapter
from ftcore.chat.openings import FEWEST_TOKENS, MOST_TOKENS, OpeningShelf

KEYS = [
    (adapter, (token,) * FEWEST_TOKENS)
    for adapter in (None, Adapter(Path("a.gguf"), 1, 1), Adapter(Path("a.gguf"), 2, 1))
    for token in range(3)
]


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.integers(0, 60)), max_size=40))
def test_the_newest_stay_within_the_room(puts):
    shelf, kept = OpeningShelf(100), {}
    for key, size in puts:
        shelf.put(key, bytes(size))
        kept.pop(key, None)
        kept[key] = size
        while sum(kept.values()) > 100:
            kept.pop(next(iter(kept)))
    found = {key: shelf.find(key) for key in KEYS}
    assert {k: len(v) for k, v in found.items() if v is not None} == kept
    shelf.clear()
    assert not len(shelf)
    assert all(shelf.find(key) is None for key in KEYS)


def test_what_is_asked_for_stays_longest():
    shelf = OpeningShelf(100)
    for key in KEYS[:2]:
        shelf.put(key, bytes(50))
    shelf.find(KEYS[0])
    shelf.put(KEYS[2], bytes(50))
    assert shelf.find(KEYS[0])
    assert shelf.find(KEYS[1]) is None


def test_only_openings_worth_their_place_are_taken():
    shelf = OpeningShelf(100)
    sizes = (0, FEWEST_TOKENS - 1, FEWEST_TOKENS, MOST_TOKENS, MOST_TOKENS + 1)
    assert [shelf.takes(n) for n in sizes] == [False, False, True, True, False]
    assert not OpeningShelf(0).takes(FEWEST_TOKENS)


def test_it_says_when_one_more_would_turn_out_another_of_the_same():
    mine, other = KEYS[0][0], KEYS[3][0]
    shelf = OpeningShelf(100)
    assert not shelf.is_full_of(mine)
    shelf.put(KEYS[3], bytes(40))
    shelf.put(KEYS[0], bytes(40))
    assert shelf.is_full_of(other)
    assert not shelf.is_full_of(mine), "the other's goes first"
    shelf.put(KEYS[1], bytes(40))
    assert shelf.is_full_of(mine)
