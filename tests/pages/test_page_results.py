"""Step 6: the exam, the rubric, the owner's marks and the presentation."""

from dataclasses import replace
from pathlib import Path

import pytest
from stories import OpenPage, Story, links_on, words_on

from ftcore.chat.base import Arm
from ftcore.data.examples import Task
from ftcore.evaluation.base import ACCURACY, AnswerRecord, Evaluation, Score
from ftcore.models.trained import load_trained
from ftcore.texts import text
from ftcore.tokens import PlaygroundClaim
from ftcore.training.base import JobState
from ftcore.workshop import Workshop
from ftcore.workshop.results import CHECKLIST, MANUAL_CRITERIA

ALL_ARMS = {
    Arm.TUNED: 4,
    Arm.BASE: 0,
    Arm.FEW_SHOT: 1,
    Arm.NEAREST: 3,
    Arm.TUNED_FEW_SHOT: 2,
}


@pytest.fixture
def story(workshop: Workshop) -> Story:
    made = Story(workshop)
    made.has_data()
    made.has_model()
    return made


def test_empty_handed_it_says_what_unlocks_it(
    app: OpenPage, workshop: Workshop
) -> None:
    assert workshop.context.store.current_project("ana") is None
    page = app("results")
    assert text("app.steps.unlock.results") in words_on(page)
    assert not page.button


def test_before_the_exam_one_button_names_how_many_questions(
    app: OpenPage, story: Story
) -> None:
    page = app("results")
    assert text("results.empty.title") in words_on(page)
    assert text("results.grade.title_empty") in words_on(page)
    button = page.button(key="start-exam")
    assert button.label == text("results.start", questions=5)
    button.click().run()
    assert not page.exception
    assert story.workshop.results.evaluation_row("ana") is not None
    assert text("results.running.title") in words_on(page)


def test_without_held_out_examples_it_points_to_the_data(
    app: OpenPage, workshop: Workshop
) -> None:
    small = Story(workshop)
    small.has_data()
    small.has_model(held_out=0)
    page = app("results")
    assert text("results.no_questions.title") in words_on(page)
    assert text("results.no_questions.go") in links_on(page)


def test_a_waiting_exam_says_how_many_are_before(
    app: OpenPage, story: Story, workshop: Workshop
) -> None:
    other = Story(workshop, "bea")
    other.has_data()
    other.has_model()
    workshop.results.start_evaluation("bea")
    workshop.results.start_evaluation(story.me)
    (bar,) = app("results").get("progress")
    assert bar.proto.text == text("results.running.waiting_one")


def test_a_failed_exam_keeps_the_model_and_offers_a_retry(
    app: OpenPage, story: Story
) -> None:
    row = story.workshop.results.start_evaluation("ana")
    story.workshop.context.store.update_evaluation(row.id, state=JobState.FAILED.value)
    page = app("results")
    assert text("results.failed.title") in words_on(page)
    assert page.button(key="start-exam").label == text("results.start", questions=5)


def test_the_headline_says_the_result_with_its_interval(
    app: OpenPage, story: Story
) -> None:
    story.has_evaluation(ALL_ARMS)
    words = words_on(app("results")).replace("\N{NO-BREAK SPACE}", " ")
    assert "Acertó 4 de 5 (80 %, entre 38 y 96)" in words
    assert "El modelo base: 0 de 5 (0 %, entre 0 y 43)." in words
    assert text("results.arms.better.base") in words


@pytest.mark.parametrize(
    ("tuned", "base", "word"), [(4, 1, "better"), (2, 2, "equal"), (1, 3, "worse")]
)
def test_the_chart_is_titled_with_its_answer(
    app: OpenPage, story: Story, tuned: int, base: int, word: str
) -> None:
    story.has_evaluation({Arm.TUNED: tuned, Arm.BASE: base})
    assert text(f"results.arms.{word}.base") in words_on(app("results"))


def test_every_answer_is_marked_in_words_and_failures_can_be_picked(
    app: OpenPage, story: Story
) -> None:
    story.has_evaluation(ALL_ARMS)
    page = app("results")
    words = words_on(page)
    assert words.count("✓ Acierta") == sum(ALL_ARMS.values())
    assert words.count("✗ Falla") == 25 - sum(ALL_ARMS.values())
    page.get("button_group")[0].set_value("failed").run()
    assert words_on(page).count('class="ft-question"') == 1


def test_a_participants_words_are_never_markup(app: OpenPage, story: Story) -> None:
    story.has_project(name="<img src=x onerror=alert(1)>")
    story.has_evaluation(ALL_ARMS)
    bodies = "".join(block.proto.body for block in app("results").get("html"))
    assert "<img" not in bodies


def test_a_classifier_shows_what_it_mixes_up(app: OpenPage, workshop: Workshop) -> None:
    mine = Story(workshop)
    mine.has_data("hr_emails")
    mine.has_model(Task.CLASSIFICATION)
    mine.has_evaluation({Arm.TUNED: 4, Arm.NEAREST: 3}, Task.CLASSIFICATION)
    words = words_on(app("results"))
    assert text("results.confusion.title") in words
    assert text("results.arms.better.nearest") in words


def test_an_exam_asked_one_by_one_says_so(app: OpenPage, workshop: Workshop) -> None:
    mine = Story(workshop)
    mine.has_data("hr_emails")
    job = mine.has_model(Task.CLASSIFICATION)
    mine.has_evaluation({Arm.TUNED: 4, Arm.NEAREST: 3}, Task.CLASSIFICATION)
    said = "un modelo entrenado sin ella"
    assert not any(said in box.value for box in app("results").info)
    folder = Path(job.model_dir)
    replace(load_trained(folder), split="leave_one_out").save(folder)
    assert any(said in box.value for box in app("results").info)


def test_own_marks_are_kept_and_move_the_rubric(app: OpenPage, story: Story) -> None:
    page = app("results")
    assert text("results.grade.title_empty") in words_on(page)
    for criterion in MANUAL_CRITERIA:
        page.radio(key=f"rate-{criterion}").set_value(4).run()
    kept = story.workshop.results.dashboard("ana").own_ratings
    assert kept == dict.fromkeys(MANUAL_CRITERIA, 4)
    assert text("results.grade.title_empty") not in words_on(page)
    again = app("results")
    assert [again.radio(key=f"rate-{c}").value for c in MANUAL_CRITERIA] == [4] * 4


def test_the_checklist_is_kept_and_counts_as_presentation(
    app: OpenPage, story: Story
) -> None:
    page = app("results")
    for item in CHECKLIST:
        page.checkbox(key=f"ready-{item}").check().run()
    dashboard = story.workshop.results.dashboard("ana")
    assert dashboard.evidence["presentation"].value == 100
    again = app("results")
    assert all(again.checkbox(key=f"ready-{item}").value for item in CHECKLIST)


def test_an_incomplete_rubric_says_what_is_missing(app: OpenPage, story: Story) -> None:
    story.has_evaluation(ALL_ARMS)
    words = words_on(app("results"))
    assert text("results.grade.missing_hint.creativity") in words
    assert text("results.grade.missing_hint.functionality") not in words


def test_the_report_can_be_taken_home(app: OpenPage, story: Story) -> None:
    story.has_evaluation(ALL_ARMS)
    page = app("results")
    labels = [button.proto.label for button in page.get("download_button")]
    assert labels == [text("results.present.download")]
    report = story.workshop.reporting.report("ana").to_markdown()
    assert "Tienda de Ana" in report
    assert "4 de 5" in report


def test_the_big_screen_has_the_result_the_radar_and_the_code_only(
    app: OpenPage, story: Story
) -> None:
    story.has_evaluation(ALL_ARMS)
    page = app("results", vista="proyector")
    assert page.title[0].value == "Tienda de Ana"
    assert len(page.get("plotly_chart")) == 1
    assert page.get("image")
    assert not page.radio
    assert not page.checkbox
    assert text("results.present.exit") in links_on(page)


def test_saved_cases_are_apart_from_the_exam(app: OpenPage, story: Story) -> None:
    exam = story.has_evaluation(ALL_ARMS)
    cases = story.workshop.cases
    cases.save("ana", "¿Abrís los domingos?", "No, los domingos cerramos.")
    before = app("results")
    assert text("results.cases.untried") in words_on(before)
    headline = [w for w in words_on(before).splitlines() if "ft-headline" in w]
    before.button("try-cases").click().run()
    row = story.workshop.results.evaluation_row("ana")
    assert row.only_cases
    assert Evaluation.from_json(row.payload) == exam
    case = AnswerRecord(
        "¿Abrís los domingos?",
        "No, los domingos cerramos.",
        "Abrimos siempre.",
        (Score(ACCURACY, 0.0, False, "wrong_polarity"),),
        1.0,
    )
    tuned = replace(exam.arms[0], records=(case,))
    found = replace(exam, arms=(tuned,)).to_json()
    store = story.workshop.context.store
    store.update_evaluation(row.id, state=JobState.SUCCEEDED.value, cases=found)
    after = app("results")
    words = words_on(after)
    assert "0 de 1" in words
    assert "Abrimos siempre." in words
    assert text("results.cases.untried") not in words
    assert [w for w in words.splitlines() if "ft-headline" in w] == headline
    cases.remove("ana", cases.of("ana")[0].id)
    assert text("results.cases.title") not in words_on(app("results"))


def test_thumbs_of_the_playground_are_told(app: OpenPage, story: Story) -> None:
    job = story.workshop.context.require_model("ana")[1]
    claim = PlaygroundClaim("ana", job.id)
    row = story.workshop.playground.keep(claim, Arm.BASE, "¿Hora?", "A las 9.")
    story.workshop.playground.like(claim, row.id, True)
    assert "Modelo base: te gustaron 1 de 1" in words_on(app("results"))
