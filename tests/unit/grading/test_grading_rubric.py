"""The rubric weighs, bounds and names a grade."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ftcore.errors import (
    NothingToEvaluateError,
    ScoreOutOfRangeError,
    UnknownCriterionError,
)
from ftcore.grading.rubric import Criterion, Level, Rubric, load_rubric
from ftcore.texts import error_texts, text

RUBRIC = load_rubric()
NAMES = [criterion.id for criterion in RUBRIC.criteria]
points = st.floats(0, 100)
all_scores = st.fixed_dictionaries(dict.fromkeys(NAMES, points))
some_scores = st.dictionaries(st.sampled_from(NAMES), points)


def test_the_courses_rubric():
    weights = {criterion.id: criterion.weight for criterion in RUBRIC.criteria}
    assert weights == {
        "functionality": 0.4,
        "relevance": 0.3,
        "creativity": 0.2,
        "presentation": 0.1,
    }
    assert [(level.id, level.minimum) for level in RUBRIC.levels] == [
        ("excellent", 90),
        ("very_good", 80),
        ("good", 70),
        ("needs_work", 60),
        ("insufficient", 0),
    ]


def test_every_criterion_and_level_has_its_spanish():
    for criterion in RUBRIC.criteria:
        assert text(f"rubric.criteria.{criterion.id}.name")
    for level in RUBRIC.levels:
        assert text(f"rubric.levels.{level.id}.name")


@given(some_scores)
def test_the_total_lies_between_the_scores(scores):
    grade = RUBRIC.grade(scores)
    assert set(grade.missing) == set(NAMES) - set(scores)
    assert grade.is_complete == (len(scores) == len(NAMES))
    if scores:
        assert min(scores.values()) - 0.05 <= grade.total
        assert grade.total <= max(scores.values()) + 0.05
        assert grade.level is not None
        assert grade.total >= grade.level.minimum
    else:
        assert grade.level is None


@given(all_scores, st.sampled_from(NAMES), points)
def test_a_better_score_never_lowers_the_grade(scores, name, other):
    low, high = sorted((scores[name], other))
    before, after = (
        RUBRIC.grade({**scores, name: low}),
        RUBRIC.grade({**scores, name: high}),
    )
    assert before.total <= after.total
    assert before.level is not None
    assert after.level is not None
    assert before.level.minimum <= after.level.minimum


@given(all_scores, st.permutations(NAMES))
def test_the_order_of_the_scores_does_not_matter(scores, order):
    shuffled = {name: scores[name] for name in order}
    assert RUBRIC.grade(shuffled).to_json() == RUBRIC.grade(scores).to_json()


@pytest.mark.parametrize(
    ("points_each", "level"),
    [
        (100, "excellent"),
        (90, "excellent"),
        (89, "very_good"),
        (80, "very_good"),
        (79.9, "good"),
        (70, "good"),
        (60, "needs_work"),
        (59.9, "insufficient"),
        (0, "insufficient"),
    ],
)
def test_the_levels_begin_at_their_minimum(points_each, level):
    grade = RUBRIC.grade(dict.fromkeys(NAMES, points_each))
    assert grade.total == points_each
    assert grade.level is not None
    assert grade.level.id == level


def test_weights_count():
    grade = RUBRIC.grade(
        {"functionality": 100, "relevance": 50, "creativity": 0, "presentation": 100}
    )
    assert grade.total == 65.0
    partial = RUBRIC.grade({"functionality": 100, "presentation": 0})
    assert partial.total == 80.0
    assert partial.missing == ("relevance", "creativity")


@pytest.mark.parametrize("value", [-0.1, 100.1, float("nan"), float("inf")])
def test_scores_outside_the_scale_are_refused(value):
    with pytest.raises(ScoreOutOfRangeError) as raised:
        RUBRIC.grade({"relevance": value})
    assert all(error_texts(raised.value))


def test_an_unknown_criterion_is_refused_and_the_known_are_named():
    with pytest.raises(UnknownCriterionError) as raised:
        RUBRIC.grade({"beauty": 50})
    assert "relevance" in error_texts(raised.value)[1]


def test_the_error_of_an_empty_evaluation_has_its_spanish():
    assert "3" in error_texts(NothingToEvaluateError(examples=3))[0]


LEVELS = (Level("top", 50), Level("low", 0))
HALVES = (Criterion("a", 0.5), Criterion("b", 0.5))


@pytest.mark.parametrize(
    ("criteria", "levels"),
    [
        ((), LEVELS),
        ((Criterion("a", 0.5),), LEVELS),
        ((Criterion("a", 1.5), Criterion("b", -0.5)), LEVELS),
        ((Criterion("a", 0.5), Criterion("a", 0.5)), LEVELS),
        (HALVES, ()),
        (HALVES, (Level("low", 0), Level("top", 50))),
        (HALVES, (Level("top", 50), Level("low", 10))),
        (HALVES, (Level("top", 101), Level("low", 0))),
        (HALVES, (Level("top", 0), Level("low", 0))),
    ],
)
def test_a_rubric_that_makes_no_sense_is_refused(criteria, levels):
    with pytest.raises(ValueError, match="must"):
        Rubric("r", criteria, levels)


def test_another_rubric_can_be_loaded(tmp_path):
    path = tmp_path / "mine.yaml"
    content = {
        "criteria": [{"id": "all", "weight": 1}],
        "levels": [{"id": "fail", "minimum": 0}, {"id": "pass", "minimum": 50}],
    }
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    rubric = load_rubric(path)
    assert rubric.name == "mine"
    assert rubric.grade({"all": 50}).to_json()["level"] == "pass"
