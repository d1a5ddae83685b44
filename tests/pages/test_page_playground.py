"""Step 5: the frame, whose token opens one model for one participant."""

from urllib.parse import parse_qs, urlsplit

from stories import OpenPage, Story, links_on, words_on
from streamlit.testing.v1 import AppTest

from ftcore.data.examples import Task
from ftcore.texts import text
from ftcore.workshop import Workshop


def frame_query(page: AppTest) -> dict[str, list[str]]:
    (frame,) = page.get("iframe")
    return parse_qs(urlsplit(frame.proto.src).query)


def test_empty_handed_it_says_what_unlocks_it(app: OpenPage) -> None:
    page = app("playground")
    assert text("app.steps.unlock.playground") in words_on(page)
    assert not page.get("iframe")


def test_the_frames_token_opens_the_participants_own_model(
    app: OpenPage, workshop: Workshop
) -> None:
    mine = Story(workshop)
    mine.has_data()
    job = mine.has_model()
    page = app("playground")
    query = frame_query(page)
    claim = workshop.playground.claim(query["token"][0])
    assert (claim.participant_id, claim.model_id) == ("ana", job.id)
    assert query["tarea"] == ["chat"]
    assert text("playground.compare.chat") in words_on(page)
    assert text("playground.next") in links_on(page)


def test_the_address_of_the_frame_stays_the_same_in_one_tab(
    app: OpenPage, workshop: Workshop
) -> None:
    mine = Story(workshop)
    mine.has_data()
    mine.has_model()
    page = app("playground")
    before = frame_query(page)
    page.run()
    assert frame_query(page) == before


def test_a_classifier_is_explained_as_one(app: OpenPage, workshop: Workshop) -> None:
    mine = Story(workshop)
    mine.has_data("hr_emails")
    mine.has_model(Task.CLASSIFICATION)
    page = app("playground")
    assert frame_query(page)["tarea"] == ["classification"]
    assert text("playground.compare.classification") in words_on(page)
    labels = [block.label for block in page.expander]
    assert text("playground.how_labels.title") in labels
    assert text("playground.nearest.title") not in labels


def test_another_participant_has_no_frame(app: OpenPage, workshop: Workshop) -> None:
    mine = Story(workshop)
    mine.has_data()
    mine.has_model()
    assert not app("playground", me="bea").get("iframe")
