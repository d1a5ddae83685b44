"""Step 4: nothing yet, waiting, running, and every way a training ends."""

import pytest
from stories import OpenPage, Story, links_on, words_on
from streamlit.testing.v1 import AppTest

from ftcore.chat.base import Arm
from ftcore.errors import TrainingDoesNotFitError
from ftcore.models.embeddings import SpellingEmbedder
from ftcore.storage.records import JobRow
from ftcore.texts import text
from ftcore.training.base import JobState, Preset
from ftcore.training.memory import MemoryModel
from ftcore.training.simulated import SimulatedTrainer
from ftcore.workshop import Workshop
from tests.fakes import SteppedTrainer


@pytest.fixture
def story(workshop: Workshop) -> Story:
    return Story(workshop)


def test_empty_handed_it_says_what_unlocks_it(app: OpenPage) -> None:
    page = app("train")
    assert text("app.steps.unlock.train") in words_on(page)
    assert not page.button


def at_speed(
    monkeypatch: pytest.MonkeyPatch, speed: float, free_mb: float = 8000.0
) -> None:
    """Let the machine be as fast, and have as much memory, as a test needs.

    What a training takes is not what was measured here, but always the same.
    """
    model = MemoryModel(900.0, 19.1, 1.2, 0.00108, 30)
    monkeypatch.setattr("ftcore.training.costs.read_memory", lambda *_: model)
    for name in ("read_speed", "read_best_speed"):
        monkeypatch.setattr(f"ftcore.training.effort.{name}", lambda *_: speed)
    monkeypatch.setattr("ftcore.workshop.planning.free_memory_mb", lambda: free_mb)


def in_steps(story: Story) -> tuple[SteppedTrainer, JobRow]:
    """Return a job that runs, and the trainer that moves it when a test says so."""
    trainer = SteppedTrainer()
    story.workshop.context.trainers["local"] = trainer
    story.has_data()
    job = story.has_job(JobState.QUEUED)
    story.workshop.jobs.tick()
    return trainer, job


@pytest.mark.parametrize(
    ("speed", "expected", "because"),
    [
        (400.0, Preset.BALANCED, "usual"),
        (20_000.0, Preset.QUALITY, "calm"),
        (5.0, Preset.QUICK, "slow"),
    ],
)
def test_the_level_that_suits_is_chosen_and_says_why(
    app: OpenPage,
    story: Story,
    monkeypatch: pytest.MonkeyPatch,
    speed: float,
    expected: Preset,
    because: str,
) -> None:
    at_speed(monkeypatch, speed)
    story.has_data()
    page = app("train")
    radio = page.radio(key="preset")
    assert radio.value == expected.value
    name = text(f"presets.{expected}.name")
    assert radio.options[list(Preset).index(expected)] == text(
        "train.preset.advised", name=name
    )
    reason = text(f"presets.because.{because}", waiting=0)
    assert text("train.preset.advice", name=name, because=reason) in words_on(page)
    assert page.button(key="start-training").label == text("train.start", examples=28)


@pytest.mark.parametrize("queued", [12, 5, 0])
def test_a_full_room_is_advised_to_be_quick(
    app: OpenPage,
    story: Story,
    workshop: Workshop,
    monkeypatch: pytest.MonkeyPatch,
    queued: int,
) -> None:
    at_speed(monkeypatch, 120.0)
    for at in range(12):
        other = Story(workshop, f"otra{at}")
        other.has_data()  # who is about to train counts as who does
        if at < queued:
            other.has_job(JobState.QUEUED)
    story.has_data()
    page = app("train")
    assert page.radio(key="preset").value == Preset.QUICK.value
    assert text("presets.because.room", waiting=12) in words_on(page)


def test_what_does_not_fit_is_refused_and_one_press_mends_it(
    app: OpenPage, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_speed(monkeypatch, 400.0, free_mb=1500.0)
    story.has_data()
    page = app("train")
    (error,) = page.error
    assert text("train.does_not_fit") in error.value
    assert page.button(key="start-training").disabled
    page.button(key="apply-fit").click().run()
    assert not page.exception
    assert not page.error
    assert not page.button(key="start-training").disabled
    page.button(key="start-training").click().run()
    (job,) = story.workshop.context.store.active_jobs("ana")
    assert job.config["batch_size"] < 4 or job.config["lora_rank"] < 16


def test_a_start_that_does_not_fit_is_refused_by_the_workshop_too(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_speed(monkeypatch, 400.0, free_mb=100.0)
    story.has_data()
    training = story.workshop.training
    config, _ = training.offer("ana").plans[Preset.QUICK]
    with pytest.raises(TrainingDoesNotFitError):
        training.start("ana", config)
    assert not story.workshop.context.store.active_jobs("ana")


def test_the_variants_are_shown_and_can_be_switched_off(
    app: OpenPage, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_speed(monkeypatch, 400.0)
    story.has_data()
    page = app("train")
    assert '<ul class="ft-lessons">' in words_on(page)
    assert text("train.lessons.changes.greeting") in words_on(page)
    assert text("train.lessons.parts.shown.assistant") in words_on(page)
    page.toggle(key="augment-balanced").set_value(False).run()
    assert '<ul class="ft-lessons">' not in words_on(page)
    assert text("train.lessons.unchanged") in words_on(page)
    page.toggle(key="use_nearest-balanced").set_value(False).run()
    assert text("train.lessons.parts.shown.assistant") not in words_on(page)
    assert text("train.lessons.conversation.plain") in words_on(page)
    page.button(key="start-training").click().run()
    (job,) = story.workshop.context.store.active_jobs("ana")
    assert job.config["augment"] is False
    assert job.config["use_nearest"] is False


def test_settings_go_back_to_those_of_the_level(
    app: OpenPage, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_speed(monkeypatch, 400.0)
    story.has_data()
    page = app("train")
    assert page.button(key="reset-settings").disabled
    page.select_slider(key="patience-balanced").set_value(5).run()
    page.select_slider(key="adapted_layers-balanced").set_value(8).run()
    assert not page.button(key="reset-settings").disabled
    page.button(key="reset-settings").click().run()
    assert page.select_slider(key="patience-balanced").value == 2
    assert page.select_slider(key="adapted_layers-balanced").value == 10


def test_every_preset_says_how_long_it_takes(app: OpenPage, story: Story) -> None:
    story.has_data()
    captions = app("train").radio(key="preset").proto.captions
    assert len(captions) == 3
    assert all("28 ejemplos y esta máquina: **unos" in one for one in captions)


def test_a_machine_without_the_usual_embedder_says_so(
    app: OpenPage, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.has_data()
    assert text("train.spelling_only") not in words_on(app("train"))
    monkeypatch.setattr("ftcore.workshop.training.default_embedder", SpellingEmbedder)
    assert text("train.spelling_only") in words_on(app("train"))


def test_the_button_queues_a_job_with_the_chosen_settings(
    app: OpenPage, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_speed(monkeypatch, 400.0)
    story.has_data()
    page = app("train")
    some = text("train.data_notes.most", most=16)
    assert some not in words_on(page)  # the level advised shows all of them
    page.radio(key="preset").set_value(Preset.QUICK.value).run()
    assert some in words_on(page)
    page.select_slider(key="epochs-quick").set_value(7).run()
    page.toggle(key="augment-quick").set_value(False).run()
    page.button(key="start-training").click().run()
    (job,) = story.workshop.context.store.active_jobs("ana")
    assert job.config["preset"] == "quick"
    assert job.config["epochs"] == 7
    assert job.config["augment"] is False
    assert text("train.queued.next") in words_on(page)


def test_a_classifier_is_asked_only_what_applies(
    app: OpenPage, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_speed(monkeypatch, 400.0)
    story.has_data("hr_emails")
    page = app("train")
    assert not page.radio
    assert [widget.key for widget in page.number_input] == ["seed-balanced"]
    assert not page.select_slider


def test_the_queue_shows_the_place_and_the_wait(
    app: OpenPage, story: Story, workshop: Workshop
) -> None:
    other = Story(workshop, "bea")
    other.has_data()
    other.has_job(JobState.QUEUED, forecast_seconds=120.0)
    story.has_data()
    story.has_job(JobState.QUEUED)
    words = words_on(app("train"))
    assert text("train.queued.title", position=2) in words
    assert text("train.queued.times", wait="2 min", end="3 min") in words
    assert text("train.queued.meanwhile") in words


def test_leaving_the_queue_cancels_and_offers_to_start_again(
    app: OpenPage, story: Story
) -> None:
    story.has_data()
    story.has_job(JobState.QUEUED)
    page = app("train")
    page.button(key="cancel-training").click().run()
    page.run()
    assert text("train.cancelled.title") in words_on(page)
    assert page.button(key="start-training")
    assert story.workshop.training.view("ana").status.state is JobState.CANCELLED


def test_another_tab_finds_the_running_job(app: OpenPage, story: Story) -> None:
    story.has_data()
    story.has_job(JobState.RUNNING, progress=0.4)
    page = app("train")
    assert text("train.running.text") in words_on(page)
    assert page.button(key="cancel-training")
    assert "start-training" not in [button.key for button in page.button]


def test_the_settings_say_why_the_level_is_as_it_is(
    app: OpenPage, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_speed(monkeypatch, 400.0)
    story.has_data()
    page = app("train")
    assert text("presets.reasons.top_layers_chat") in words_on(page)
    page.radio(key="preset").set_value(Preset.QUALITY.value).run()
    assert text("presets.reasons.quality") in words_on(page)
    assert text("presets.reasons.top_layers_chat") not in words_on(page)


def figures_on(page: AppTest) -> dict[str, str]:
    """Return the figures on a page, by their titles."""
    return {metric.label: metric.value for metric in page.metric}


def test_a_running_training_tells_its_figures(
    app: OpenPage, story: Story, workshop: Workshop
) -> None:
    trainer, job = in_steps(story)
    page = app("train")
    unknown = text("train.figures.unknown")
    assert [*figures_on(page).values()][:4] == [unknown] * 4
    trainer.move(
        job.id,
        0.4,
        examples_seen=1280,
        tokens_per_second=231.4,
        memory_mb=1342.0,
        seconds=31.0,
    )
    workshop.jobs.tick()
    assert figures_on(page.run()) == {
        "Paso": "1 de 2",
        "Ejemplos vistos": "1.280",
        "Velocidad": "231 fichas/s",
        "Memoria": "1,3 GB",
        "Lleva": "31 s",
    }
    (bar,) = page.get("progress")
    assert text("train.running.left", time="5 s") in bar.proto.text


def test_a_simulation_holds_no_memory(app: OpenPage, story: Story) -> None:
    story.has_data()
    story.has_job(JobState.RUNNING, trainer="simulated")
    assert [*figures_on(app("train"))] == ["Paso", "Velocidad", "Lleva"]


def test_a_training_rests_and_goes_on_with_a_press_each(
    app: OpenPage, story: Story, workshop: Workshop
) -> None:
    trainer, job = in_steps(story)
    trainer.move(job.id, 0.4)
    workshop.jobs.tick()
    page = app("train")
    page.button(key="pause-training").click().run()
    workshop.jobs.tick()
    page.run()
    assert text("train.paused.title") in words_on(page)
    assert text("train.paused.text", percent="40 %") in words_on(page)
    page.button(key="resume-training").click().run()
    page.run()
    assert text("train.queued.resumed", percent="40 %") in words_on(page)
    workshop.jobs.tick()
    page.run()
    assert trainer.resumed == [job.id]
    assert text("train.running.text") in words_on(page)


def test_a_paused_training_can_be_given_up(
    app: OpenPage, story: Story, workshop: Workshop
) -> None:
    trainer, job = in_steps(story)
    trainer.pause(job.id)
    workshop.jobs.tick()
    page = app("train")
    page.button(key="cancel-training").click().run()
    page.run()
    assert text("train.cancelled.title") in words_on(page)
    assert trainer.status(job.id).state is JobState.CANCELLED


def test_a_training_interrupted_too_often_goes_on_at_a_press(
    app: OpenPage, story: Story
) -> None:
    story.has_data()
    story.has_job(JobState.FAILED, error_code="interrupted", progress=0.3)
    page = app("train")
    page.button(key="resume-training").click().run()
    page.run()
    assert story.workshop.training.view("ana").status.state is JobState.QUEUED


def test_a_look_at_the_page_gets_the_machine_ready(
    app: OpenPage, story: Story, workshop: Workshop
) -> None:
    trainer = SteppedTrainer()
    workshop.context.trainers["local"] = trainer
    story.has_data()
    app("tool")
    assert trainer.prepared
    seen = trainer.prepared
    app("train")
    assert trainer.prepared > seen


@pytest.mark.parametrize("code", ["interrupted", "training_failed", "never_heard_of"])
def test_a_failure_says_why_what_was_kept_and_offers_a_retry(
    app: OpenPage, story: Story, code: str
) -> None:
    story.has_data()
    story.has_job(JobState.FAILED, error_code=code)
    page = app("train")
    known = "other" if code == "never_heard_of" else code
    (error,) = page.error
    assert text(f"train.failures.{known}.problem") in error.value
    assert text("train.failed.kept") in error.value
    assert page.button(key="start-training")


def test_a_trained_model_shows_its_exam_and_the_way_on(
    app: OpenPage, story: Story
) -> None:
    story.has_data()
    story.has_model()
    story.has_evaluation({Arm.TUNED: 4})
    page = app("train")
    metrics = {metric.label: metric.value for metric in page.metric}
    assert metrics[text("train.succeeded.held_out")] == "4 de 5"
    assert text("train.succeeded.next") in links_on(page)


def test_a_simulation_walks_to_its_end_and_says_that_nothing_is_left(
    app: OpenPage, story: Story
) -> None:
    workshop, now = story.workshop, [0.0]
    trainer = SimulatedTrainer(duration_seconds=20.0, clock=lambda: now[0])
    workshop.context.trainers["simulated"] = trainer
    story.has_data()
    workshop.projects.choose_tool("ana", "simulated")
    page = app("train")
    assert text("train.where.simulated") in words_on(page)
    page.button(key="start-training").click().run()
    workshop.jobs.tick()
    now[0] = 10.0
    page.run()
    assert text("train.running.title_simulated") in words_on(page)
    assert text("train.loss.simulated") in words_on(page)
    now[0] = 21.0
    workshop.jobs.tick()
    page.run()
    assert not page.exception
    assert text("train.simulated.title") in words_on(page)
    assert text("train.succeeded.next") not in links_on(page)


def test_a_simulation_gives_way_to_the_tool_chosen_after_it(
    app: OpenPage, story: Story
) -> None:
    workshop, now = story.workshop, [0.0]
    trainer = SimulatedTrainer(duration_seconds=20.0, clock=lambda: now[0])
    workshop.context.trainers["simulated"] = trainer
    story.has_data()
    workshop.projects.choose_tool("ana", "simulated")
    workshop.training.start("ana", workshop.training.offer("ana").plans["balanced"][0])
    workshop.jobs.tick()
    now[0] = 21.0
    workshop.jobs.tick()
    assert text("train.simulated.title") in words_on(app("train"))
    workshop.projects.choose_tool("ana", "local")
    page = app("train")
    assert text("train.simulated.title") not in words_on(page)
    assert page.button(key="start-training")
