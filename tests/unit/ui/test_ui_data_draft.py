"""Edits of the table survive paging and searching, and end in the right examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.data.examples import Dataset, Example, Message, Role, Task
from ftcore.ui.data_draft import (
    NUMBER,
    SOURCE,
    TARGET,
    TableDraft,
    is_editable,
    with_turns,
)


def dataset(size: int = 5) -> Dataset:
    pairs = (Example.from_pair(f"p{i}", f"r{i}") for i in range(1, size + 1))
    return Dataset("demo", Task.CHAT, tuple(pairs))


def row(at: float | None, source: str | None, target: str | None):
    return {NUMBER: at, SOURCE: source, TARGET: target}


def texts(examples: list[Example]) -> list[tuple[str, str]]:
    return [(example.prompt, example.target) for example in examples]


def test_a_table_left_alone_has_no_changes() -> None:
    draft = TableDraft("v1", dataset())
    draft.take(draft.open("page 1", [1, 2, 3], is_last=False))
    assert draft.changes == 0
    assert draft.result() == list(dataset())


def test_change_delete_and_add_end_in_the_examples() -> None:
    draft = TableDraft("v1", dataset(3))
    draft.open("page 1", [1, 2, 3], is_last=True)
    draft.take([row(1, "otra", "r1"), row(3, "p3", "r3"), row(None, "nueva", "sí")])
    assert draft.changes == 3
    assert texts(draft.result()) == [("otra", "r1"), ("p3", "r3"), ("nueva", "sí")]


def test_undoing_a_change_by_hand_leaves_none() -> None:
    draft = TableDraft("v1", dataset(1))
    draft.open("page 1", [1], is_last=True)
    draft.take([row(1, "otra", "r1")])
    draft.take([row(1, "p1", "r1")])
    assert draft.changes == 0


def test_edits_of_one_page_are_there_when_it_is_opened_again() -> None:
    draft = TableDraft("v1", dataset())
    draft.open("page 1", [1, 2], is_last=False)
    draft.take([row(1, "otra", "r1")])
    draft.open("page 2", [3, 4, 5], is_last=True)
    draft.take([row(3, "p3", "r3"), row(4, "p4", "r4"), row(5, "p5", "r5")])
    assert draft.open("page 1", [1, 2], is_last=False) == [row(1, "otra", "r1")]
    assert draft.changes == 2


def test_a_view_hands_out_the_same_rows_until_it_is_left() -> None:
    draft = TableDraft("v1", dataset())
    first = draft.open("page 1", [1, 2], is_last=False)
    draft.take([row(1, "otra", "r1"), row(2, "p2", "r2")])
    assert draft.open("page 1", [1, 2], is_last=False) is first


def test_new_rows_are_shown_again_and_stay_while_others_are_seen() -> None:
    draft = TableDraft("v1", dataset(2))
    draft.open("all", [1, 2], is_last=True)
    draft.take([row(1.0, "p1", "r1"), row(2.0, "p2", "r2"), row(None, "n", "s")])
    draft.open("search", [1], is_last=False)
    draft.take([row(1, "p1", "r1")])
    assert draft.changes == 1
    assert draft.open("all", [1, 2], is_last=True)[-1] == row(None, "n", "s")


def test_blank_new_rows_do_not_count_and_halves_are_named() -> None:
    draft = TableDraft("v1", dataset(1))
    draft.open("all", [1], is_last=True)
    blank, half = row(None, None, "  "), row(float("nan"), "sola", None)
    draft.take([row(1, "p1", "r1"), blank, half])
    assert draft.changes == 1
    assert draft.incomplete() == [("sola", "")]


def test_a_system_message_stays_and_several_turns_do_not_fit() -> None:
    system, ask = Message(Role.SYSTEM, "Sé breve."), Message(Role.USER, "p")
    answer = Message(Role.ASSISTANT, "r")
    with_system = Example((system, ask, answer))
    assert is_editable(with_system)
    assert not is_editable(Example((ask, answer, ask, answer)))
    draft = TableDraft("v1", Dataset("d", Task.CHAT, (with_system,)))
    draft.open("all", [1], is_last=True)
    draft.take([row(1, "p", "otra")])
    assert draft.result()[0].messages == (system, ask, Message(Role.ASSISTANT, "otra"))


def test_a_form_keeps_the_roles() -> None:
    example = Example.from_pair("p", "r")
    assert with_turns(example, ["uno", "dos"]) == Example.from_pair("uno", "dos")
    with pytest.raises(ValueError, match="argument"):
        with_turns(example, ["uno"])


@given(st.lists(st.integers(1, 6), unique=True), st.integers(0, 3))
def test_whatever_is_deleted_and_added_the_rest_keeps_its_order(
    gone: list[int], added: int
) -> None:
    draft = TableDraft("v1", dataset(6))
    rows = draft.open("all", list(range(1, 7)), is_last=True)
    new = [row(None, f"n{i}", "x") for i in range(added)]
    draft.take([*(r for r in rows if r[NUMBER] not in gone), *new])
    left = [f"p{i}" for i in range(1, 7) if i not in gone]
    expected = [*left, *(f"n{i}" for i in range(added))]
    assert [example.prompt for example in draft.result()] == expected
    assert draft.changes == len(gone) + added
