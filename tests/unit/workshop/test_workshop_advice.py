"""The advisor of step 3."""

import pytest

from ftcore.training.registry import TRAINERS
from ftcore.workshop.advice import LOCAL, Budget, Experience, recommend

EVERY_ANSWER = [(e, b) for e in Experience for b in Budget]


@pytest.mark.parametrize(("experience", "budget"), EVERY_ANSWER)
def test_every_answer_leads_to_a_tool_that_exists_and_is_open(
    experience: Experience, budget: Budget
) -> None:
    advice = recommend(experience, budget, {LOCAL})
    assert advice.ideal in TRAINERS
    assert advice.use == LOCAL


@pytest.mark.parametrize(("experience", "budget"), EVERY_ANSWER)
def test_an_open_ideal_is_what_to_use(experience: Experience, budget: Budget) -> None:
    advice = recommend(experience, budget, set(TRAINERS))
    assert advice.use == advice.ideal


def test_a_beginner_without_money_trains_here() -> None:
    assert recommend(Experience.NONE, Budget.ZERO, set(TRAINERS)).ideal == LOCAL
