"""Whatever the examples, nobody is asked what was trained, and it says how."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.questions import question_key, same_questions
from ftcore.data.splitting import (
    FEW_EXAMPLES,
    MOST_ONE_BY_ONE,
    SplitMethod,
    plan_split,
)
from ftcore.errors import (
    ExamNeedsClassError,
    ExamNeedsTrainingError,
    FtcoreError,
    NothingHeldOutError,
    UnknownRowError,
)

PROMPTS = st.sampled_from([f"¿{word}?" for word in "abcdefghijklmnopqrstuvwxyz"])
ANY_TASK = st.sampled_from(Task)
TARGETS = st.sampled_from(["urgente", "normal", "trámite"])


@st.composite
def datasets(draw, tasks=ANY_TASK) -> Dataset:
    rows = draw(st.lists(st.tuples(PROMPTS, TARGETS), max_size=40))
    return Dataset("d", draw(tasks), tuple(Example.from_pair(*row) for row in rows))


labelled = datasets(st.just(Task.CLASSIFICATION))


def keys(dataset: Dataset) -> set[str]:
    return {question_key(example) for example in dataset}


def pick(dataset: Dataset, rows: tuple[int, ...]) -> tuple[Example, ...]:
    return tuple(dataset.examples[row - 1] for row in rows)


@given(datasets(), st.integers(0, 5))
def test_the_test_is_what_is_held_out(dataset: Dataset, seed: int) -> None:
    plan = plan_split(dataset, seed=seed)
    assert plan.test.examples == pick(dataset, plan.held_out)
    assert list(plan.held_out) == sorted(set(plan.held_out))
    assert (plan.method is SplitMethod.NONE) == (not plan.held_out)
    assert plan == plan_split(dataset, seed=seed)


@given(datasets(), st.integers(0, 5))
def test_no_question_is_on_both_sides(dataset: Dataset, seed: int) -> None:
    plan = plan_split(dataset, seed=seed)
    if plan.method is SplitMethod.LEAVE_ONE_OUT:
        assert plan.train == dataset
    else:
        assert keys(plan.train).isdisjoint(keys(plan.test))
        assert len(plan.train) + len(plan.test) == len(dataset)


@given(labelled, st.integers(0, 5))
def test_every_class_is_on_both_sides_or_each_is_asked_alone(
    dataset: Dataset, seed: int
) -> None:
    plan = plan_split(dataset, seed=seed)
    if plan.method is SplitMethod.STRATIFIED and len(dataset.labels) > 1:
        assert len(dataset) >= FEW_EXAMPLES
        assert plan.train.labels == plan.test.labels == dataset.labels
    if plan.method is SplitMethod.LEAVE_ONE_OUT:
        for group in same_questions(dataset):
            asked = not set(group).isdisjoint(plan.held_out)
            out = {row - 1 for row in group}
            rest = {e.target for at, e in enumerate(dataset) if at not in out}
            own = {e.target for e in pick(dataset, tuple(group))}
            assert asked == (own <= rest)


@given(labelled, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_decides_nothing(dataset: Dataset, random) -> None:
    shuffled = list(dataset.examples)
    random.shuffle(shuffled)
    here = plan_split(dataset)
    there = plan_split(Dataset("d", dataset.task, tuple(shuffled)))
    assert here.method is there.method
    assert Counter(here.test.examples) == Counter(there.test.examples)


@given(datasets(), st.sets(st.integers(1, 40), min_size=1))
def test_what_is_chosen_is_asked_or_refused_with_the_reason(
    dataset: Dataset, chosen: set[int]
) -> None:
    try:
        plan = plan_split(dataset, held_out=chosen)
    except UnknownRowError:
        assert max(chosen) > len(dataset)
        return
    except ExamNeedsTrainingError:
        rows = [g for g in same_questions(dataset) if chosen.isdisjoint(g)]
        assert rows == []
        return
    except ExamNeedsClassError as error:
        label = error.params["label"]
        of_label = {r for r, e in enumerate(dataset, 1) if e.target == label}
        groups = [g for g in same_questions(dataset) if chosen.isdisjoint(g)]
        assert not any(of_label & set(group) for group in groups)
        return
    assert plan.method is SplitMethod.CHOSEN
    assert chosen <= set(plan.held_out)
    assert keys(plan.train).isdisjoint(keys(plan.test))
    extra = set(plan.held_out) - chosen
    asked = {question_key(e) for e in pick(dataset, tuple(chosen))}
    assert all(question_key(e) in asked for e in pick(dataset, tuple(extra)))
    assert plan.train.labels == dataset.labels


def test_a_choice_comes_before_a_test_from_outside(make_dataset) -> None:
    outside = (Example.from_pair("¿Y eso?", "Nada."),)
    plan = plan_split(make_dataset(), test=outside, held_out=[3])
    assert (plan.method, plan.held_out) == (SplitMethod.CHOSEN, (3,))


def test_a_test_from_outside_that_repeats_a_question_leaks(make_dataset) -> None:
    dataset = make_dataset(4)
    known = Example.from_pair(" ¿CUÁNTO cuesta el artículo 2?", "Otra respuesta.")
    plan = plan_split(dataset, test=(Example.from_pair("¿Y eso?", "Nada."), known))
    assert plan.method is SplitMethod.TEMPLATE
    assert plan.train == dataset
    assert [(leak.train_row, leak.test_row) for leak in plan.leaks] == [(3, 2)]


@pytest.mark.parametrize("rows", [[], [0], [13], [-1]])
def test_a_choice_outside_the_dataset_is_refused(make_dataset, rows) -> None:
    expected = UnknownRowError if rows else NothingHeldOutError
    with pytest.raises(expected) as caught:
        plan_split(make_dataset(), held_out=rows)
    assert isinstance(caught.value, FtcoreError)


def labels(*counts: int) -> Dataset:
    rows = [
        Example.from_pair(f"texto {label} {i}", f"clase {label}")
        for label, count in enumerate(counts)
        for i in range(count)
    ]
    return Dataset("d", Task.CLASSIFICATION, tuple(rows))


@pytest.mark.parametrize(
    ("counts", "method", "asked"),
    [
        ((), SplitMethod.NONE, 0),
        ((3,), SplitMethod.STRATIFIED, 1),
        ((1, 1, 1), SplitMethod.NONE, 0),  # nothing else would teach their classes
        ((4, 5), SplitMethod.LEAVE_ONE_OUT, 9),
        ((5, 5), SplitMethod.STRATIFIED, 2),
        ((12, 1), SplitMethod.LEAVE_ONE_OUT, 12),
        ((MOST_ONE_BY_ONE, 1), SplitMethod.STRATIFIED, MOST_ONE_BY_ONE // 5),
    ],
)
def test_the_method_follows_from_the_classes(counts, method, asked) -> None:
    plan = plan_split(labels(*counts))
    assert (plan.method, len(plan.test)) == (method, asked)


def test_eight_examples_weigh_twelve_and_a_half_points_each() -> None:
    assert plan_split(labels(4, 4)).points_per_mistake == 12.5
    assert plan_split(labels()).points_per_mistake == 0
