"""A diff accounts for every example of both versions, exactly once."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ftcore.data.differences import compare, match_rows
from ftcore.data.examples import Dataset, Example, Task

WORDS = st.sampled_from(["hola", "adiós", "envío", "pago", "talla", "hora", ""])
SENTENCES = st.lists(WORDS, max_size=3).map(" ".join)
EXAMPLES = st.tuples(SENTENCES, SENTENCES).map(lambda pair: Example.from_pair(*pair))
DATASETS = st.lists(EXAMPLES, max_size=12).map(
    lambda rows: Dataset("d", Task.CHAT, tuple(rows))
)
ROWS = tuple(
    Example.from_pair(f"¿Cuánto cuesta el plato {i}?", f"Cuesta {i} euros.")
    for i in range(1, 7)
)


def of(*rows: Example) -> Dataset:
    return Dataset("d", Task.CHAT, rows)


@given(DATASETS, DATASETS)
def test_nothing_is_lost_or_told_twice(old: Dataset, new: Dataset) -> None:
    diff = compare(old, new)
    assert diff.same + len(diff.changed) + len(diff.removed) == len(old)
    assert diff.same + len(diff.changed) + len(diff.added) == len(new)
    for change in (*diff.changed, *diff.removed):
        assert change.before == old.examples[change.row - 1]
    for change in diff.added:
        assert change.after == new.examples[change.row - 1]
    gone = Counter(c.before for c in (*diff.changed, *diff.removed))
    come = Counter(c.after for c in (*diff.changed, *diff.added))
    assert Counter(old.examples) - gone == Counter(new.examples) - come


@given(DATASETS, DATASETS)
def test_each_position_has_at_most_one_partner(old: Dataset, new: Dataset) -> None:
    partners = match_rows(old, new)
    assert len(set(partners.values())) == len(partners)
    assert all(1 <= row <= len(old) for row in partners)
    assert all(1 <= row <= len(new) for row in partners.values())


@given(DATASETS, st.randoms(use_true_random=False))
def test_an_order_is_no_difference(dataset: Dataset, random) -> None:
    shuffled = list(dataset.examples)
    random.shuffle(shuffled)
    assert compare(dataset, of(*shuffled)).is_empty


def test_an_edited_cell_is_one_change() -> None:
    edited = Example.from_pair("¿Cuánto cuesta el plato 3?", "Nada, invita la casa.")
    diff = compare(of(*ROWS), of(*ROWS[:2], edited, *ROWS[3:]))
    assert [(c.row, c.before, c.after) for c in diff.changed] == [(3, ROWS[2], edited)]
    assert (diff.added, diff.removed, diff.same) == ((), (), 5)


def test_an_edited_question_keeps_its_place() -> None:
    edited = Example.from_pair("¿Y el plato 3 cuánto cuesta?", "Cuesta 3 euros.")
    diff = compare(of(*ROWS), of(*ROWS[1:2], edited, *ROWS[3:]))
    assert [c.row for c in diff.changed] == [3]
    assert [c.row for c in diff.removed] == [1]


def test_another_file_is_not_an_edit_of_this_one() -> None:
    other = of(Example.from_pair("Good morning", "Hi"), Example.from_pair("Bye", "Bye"))
    diff = compare(of(*ROWS), other)
    assert (len(diff.removed), len(diff.added), diff.changed) == (6, 2, ())


def test_ten_thousand_copies_are_compared_at_once() -> None:
    assert compare(of(*ROWS[:1] * 10_000), of(*ROWS[:1] * 9_999)).same == 9_999
