"""Voting: who may, what it changes, and links that lead nowhere."""

import pytest
from stories import OpenPage, Story, words_on

from ftcore.chat.base import Arm
from ftcore.texts import text
from ftcore.workshop import Workshop

CRITERIA = ("functionality", "relevance", "creativity", "presentation")


@pytest.fixture
def story(workshop: Workshop) -> Story:
    made = Story(workshop)
    made.has_data()
    made.has_model()
    return made


@pytest.fixture
def key(story: Story) -> str:
    return story.workshop.results.voting_code("ana")


def vote(app: OpenPage, key: str, me: str, value: int) -> None:
    page = app("vote", me=me, c=key)
    for criterion in CRITERIA:
        page.radio(key=f"vote-{criterion}").set_value(value).run()
    assert not page.exception
    assert text("vote.complete") in words_on(page)


def test_it_shows_the_project_its_author_and_its_result(
    app: OpenPage, story: Story, key: str
) -> None:
    story.has_evaluation({Arm.TUNED: 4})
    page = app("vote", me="bea", c=key)
    assert page.title[0].value == "Tienda de Ana"
    assert text("vote.project", owner="Ana") in words_on(page)
    assert "4 de 5" in words_on(page)


def test_without_an_exam_it_says_so(app: OpenPage, key: str) -> None:
    assert text("vote.not_evaluated") in words_on(app("vote", me="bea", c=key))


def test_a_vote_changes_the_owners_dashboard_and_can_be_changed(
    app: OpenPage, story: Story, key: str
) -> None:
    results = story.workshop.results
    assert results.dashboard("ana").grade.level is None
    vote(app, key, "bea", 5)
    assert results.dashboard("ana").grade.total == 100
    assert "100 de 100" in words_on(app("results"))
    vote(app, key, "bea", 3)
    dashboard = results.dashboard("ana")
    assert (dashboard.grade.total, dashboard.votes) == (60, 1)
    vote(app, key, "luis", 5)
    dashboard = results.dashboard("ana")
    assert (dashboard.grade.total, dashboard.votes) == (80, 2)


def test_each_mark_is_kept_at_once(app: OpenPage, story: Story, key: str) -> None:
    page = app("vote", me="bea", c=key)
    page.radio(key="vote-creativity").set_value(2).run()
    assert text("vote.progress", done=1, total=4) in words_on(page)
    again = app("vote", me="bea", c=key)
    assert again.radio(key="vote-creativity").value == 2
    assert again.radio(key="vote-relevance").value is None
    assert story.workshop.results.dashboard("ana").votes == 1


def test_nobody_votes_for_their_own_project(
    app: OpenPage, story: Story, key: str
) -> None:
    page = app("vote", me="ana", c=key)
    assert text("vote.own.title") in words_on(page)
    assert not page.radio
    assert story.workshop.results.dashboard("ana").votes == 0


@pytest.mark.parametrize("wrong", ["", "nonsense", "IjEi.forged"])
def test_a_code_that_leads_nowhere_explains_itself(app: OpenPage, wrong: str) -> None:
    query = {"c": wrong} if wrong else {}
    page = app("vote", me="bea", **query)
    state = "wrong_code" if wrong else "no_code"
    assert text(f"vote.{state}.title") in words_on(page)
    assert not page.radio


def test_the_code_on_the_wall_can_be_typed(app: OpenPage, key: str) -> None:
    page = app("vote", me="bea")
    page.text_input(key="code").set_value(f" {key[:3].lower()}-{key[3:]} ")
    page.button(key="open-vote").click().run()
    assert page.title[0].value == "Tienda de Ana"
    assert page.radio
