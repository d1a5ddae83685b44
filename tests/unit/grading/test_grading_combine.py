"""Metrics, ratings and votes become scores that can be checked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.chat.base import Arm
from ftcore.data.examples import Task
from ftcore.errors import ScoreOutOfRangeError, UnknownCriterionError
from ftcore.evaluation.base import ArmResult, Evaluation
from ftcore.evaluation.statistics import wilson
from ftcore.grading.combine import (
    CRITERIA,
    MANUAL_CRITERIA,
    Rating,
    criterion_scores,
)
from ftcore.grading.rubric import load_rubric


def evaluation(accuracy=0.8, relevance=0.6, total=10, arm=Arm.TUNED):
    result = ArmResult(
        arm=arm,
        records=(),
        accuracy=wilson(accuracy, total),
        relevance=wilson(relevance, total),
        consistency=None,
        mean_seconds=1.0,
        mean_first_seconds=None,
        chars_per_second=10.0,
    )
    return Evaluation("e", "m", Task.CHAT, (result,), "2026-01-01", 1.0)


people = st.sampled_from("abcdef")
ratings = st.lists(
    st.builds(Rating, people, st.sampled_from(MANUAL_CRITERIA), st.integers(1, 5))
)
votes = st.lists(
    st.builds(Rating, people, st.sampled_from(CRITERIA), st.integers(1, 5))
)
shares = st.floats(0, 1)


@given(shares, shares, ratings, votes, st.none() | shares)
def test_what_comes_out_can_always_be_graded(accuracy, relevance, own, group, ready):
    found = criterion_scores(
        evaluation(accuracy, relevance), own, group, presentation_checklist=ready
    )
    assert tuple(found) == CRITERIA
    scores = {name: one.value for name, one in found.items() if one.value is not None}
    assert {"functionality", "relevance"} <= scores.keys()
    load_rubric().grade(scores)
    for name, one in found.items():
        assert one.n_votes == len({v.rater_id for v in group if v.criterion == name})


def test_each_criterion_is_the_mean_of_its_sources():
    own = [
        Rating("me", "information", 3),
        Rating("me", "usefulness", 5),
        Rating("me", "tone", 4),
        Rating("me", "creativity", 2),
    ]
    group = [
        Rating("a", "functionality", 5),
        Rating("b", "functionality", 4),
        Rating("a", "relevance", 3),
        Rating("a", "creativity", 5),
        Rating("a", "presentation", 4),
    ]
    found = criterion_scores(evaluation(), own, group, presentation_checklist=0.5)
    assert found["functionality"].value == pytest.approx((80 + 60 + 90) / 3)
    assert found["functionality"].n_votes == 2
    assert found["relevance"].value == pytest.approx((60 + 90 + 60) / 3)
    assert found["creativity"].value == pytest.approx((40 + 100) / 2)
    assert found["presentation"].value == 80
    assert found["presentation"].from_metrics == 50


def test_nothing_known_gives_no_score():
    found = criterion_scores(None, [], [])
    assert all(one.value is None for one in found.values())
    assert load_rubric().grade({}).level is None


def test_the_checklist_stands_in_until_somebody_votes():
    found = criterion_scores(None, [], [], presentation_checklist=0.75)
    assert found["presentation"].value == 75


def test_only_the_tuned_arm_is_graded():
    found = criterion_scores(evaluation(arm=Arm.BASE), [], [])
    assert found["functionality"].value is None


def test_an_evaluation_without_answers_counts_for_nothing():
    found = criterion_scores(evaluation(total=0), [], [])
    assert found["functionality"].value is None


def test_the_last_judgement_of_a_person_counts():
    twice = [Rating("a", "creativity", 1), Rating("a", "creativity", 5)]
    found = criterion_scores(None, [], twice)
    assert (found["creativity"].value, found["creativity"].n_votes) == (100, 1)


@pytest.mark.parametrize("value", [0, 6, -1])
def test_ratings_outside_one_to_five_are_refused(value):
    with pytest.raises(ScoreOutOfRangeError):
        Rating("a", "tone", value)


def test_judgements_of_unknown_criteria_are_refused():
    with pytest.raises(UnknownCriterionError):
        criterion_scores(None, [Rating("a", "presentation", 3)], [])
    with pytest.raises(UnknownCriterionError):
        criterion_scores(None, [], [Rating("a", "tone", 3)])


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_the_checklist_is_a_share(share):
    with pytest.raises(ScoreOutOfRangeError):
        criterion_scores(None, [], [], presentation_checklist=share)
