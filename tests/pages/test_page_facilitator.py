"""The facilitator's view: its door, and what the room shows."""

from datetime import UTC, datetime, timedelta

from stories import OpenPage, Story, words_on
from streamlit.testing.v1 import AppTest

from ftcore.chat.base import Arm
from ftcore.texts import text
from ftcore.training.base import JobState
from ftcore.ui.room_view import MAX_TRIES, PAUSE, Door
from ftcore.workshop import Workshop

PASSWORD = "abracadabra"  # of the settings in tests/conftest.py
NOW = datetime(2026, 1, 1, 10, 0, tzinfo=UTC)


def enter(page: AppTest, password: str) -> AppTest:
    page.text_input(key="facilitator-password").set_value(password)
    button = next(b for b in page.button if text("facilitator.login.submit") == b.label)
    return button.click().run()


def fill_room(workshop: Workshop) -> None:
    ana, bea, ciro = (Story(workshop, name) for name in ("ana", "bea", "ciro"))
    for someone in (ana, bea, ciro):
        someone.has_data()
    ana.has_model()
    ana.has_evaluation({Arm.TUNED: 4})
    bea.has_job(JobState.RUNNING, progress=0.62)
    ciro.has_job(JobState.QUEUED)


def test_the_door_asks_for_a_password_and_shows_nothing_else(
    app: OpenPage, workshop: Workshop
) -> None:
    fill_room(workshop)
    page = app("facilitator")
    assert text("facilitator.login.title") in words_on(page)
    assert "Bea" not in words_on(page)
    assert PASSWORD not in words_on(page)


def test_a_wrong_password_stays_outside(app: OpenPage, workshop: Workshop) -> None:
    fill_room(workshop)
    page = enter(app("facilitator"), "abracadabr")
    assert text("facilitator.login.wrong", left=MAX_TRIES - 1) in words_on(page)
    assert "Bea" not in words_on(page)


def test_five_wrong_passwords_begin_a_pause_that_even_the_right_one_waits_for(
    app: OpenPage, workshop: Workshop
) -> None:
    fill_room(workshop)
    page = app("facilitator")
    for _ in range(MAX_TRIES):
        page = enter(page, "wrong")
    page = enter(page, PASSWORD)
    assert "Demasiados intentos" in words_on(page)
    assert "Bea" not in words_on(page)


def test_the_pause_ends() -> None:
    door = Door()
    for _ in range(MAX_TRIES):
        door.knock(is_right=False, now=NOW)
    door.knock(is_right=True, now=NOW + PAUSE - timedelta(seconds=1))
    assert not door.is_open
    door.knock(is_right=True, now=NOW + PAUSE)
    assert door.is_open


def test_the_room_shows_everybody_with_their_job(
    app: OpenPage, workshop: Workshop
) -> None:
    fill_room(workshop)
    page = enter(app("facilitator"), PASSWORD)
    assert not page.exception
    words = words_on(page)
    assert text("facilitator.summary", people=3) in words
    assert text("facilitator.job.running", percent="62 %") in words
    assert text("facilitator.job.queued", position=1, wait="25 s") in words
    assert text("facilitator.running_one") in words
    assert text("facilitator.queue_ends", time="1 min 30 s") in words
    assert text("facilitator.job.succeeded") in words
    assert PASSWORD not in words


def test_the_room_shows_nothing_private(app: OpenPage, workshop: Workshop) -> None:
    fill_room(workshop)
    words = words_on(enter(app("facilitator"), PASSWORD))
    assert "Canarias" not in words  # of a question
    assert "Responder las dudas" not in words  # the objective


def test_a_nickname_is_never_markup(app: OpenPage, workshop: Workshop) -> None:
    Story(workshop, "eva").has_project()
    workshop.context.store.name_participant("eva", "<b>Eva</b>")
    words = words_on(enter(app("facilitator"), PASSWORD))
    assert "<b>Eva</b>" not in words
    assert "&lt;b&gt;Eva&lt;/b&gt;" in words


def test_an_empty_room_says_so_and_the_view_can_be_closed(app: OpenPage) -> None:
    page = enter(app("facilitator"), PASSWORD)
    assert text("facilitator.empty.title") in words_on(page)
    page.button(key="close-room").click().run()
    assert text("facilitator.login.title") in words_on(page)
