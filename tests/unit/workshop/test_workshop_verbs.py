"""The verbs of a whole workshop: separation, undo, queue, restart."""

from dataclasses import replace

import pytest

from ftcore.data.findings import Verdict
from ftcore.errors import (
    FileTooLargeError,
    InvalidTokenError,
    JobAlreadyActiveError,
    NotYoursError,
    ScoreOutOfRangeError,
    StepLockedError,
    TrainerClosedError,
    UnknownCriterionError,
    UnknownJobError,
)
from ftcore.training.base import JobState, JobStatus, Preset
from ftcore.workshop import Workshop
from ftcore.workshop.steps import Step, StepState
from tests.fakes import SteppedTrainer

GOOD = "pregunta,respuesta\n" + "".join(
    f"¿Cuánto cuesta el plato {i}?,El plato {i} cuesta {i + 5} euros.\n"
    for i in range(12)
)


@pytest.fixture
def trainer():
    return SteppedTrainer()


@pytest.fixture
def open_workshop(settings, trainer):
    opened = []

    def make(**changes) -> Workshop:
        workshop = Workshop(replace(settings, **changes))
        workshop.context.trainers["local"] = trainer
        opened.append(workshop)
        return workshop

    yield make
    for workshop in opened:
        workshop.context.engines.close()
        workshop.context.store.close()


@pytest.fixture
def workshop(open_workshop):
    return open_workshop()


def begin(workshop: Workshop, me: str = "ana", name: str = "Mi restaurante"):
    return workshop.projects.save(
        me, use_case="own", template=None, name=name, objective="o", nickname=me
    )


def bring(workshop: Workshop, me: str = "ana"):
    begin(workshop, me)
    return workshop.datasets.import_file(me, "platos.csv", GOOD.encode())


def start(workshop: Workshop, me: str = "ana"):
    plan = workshop.training.offer(me).plans[Preset.QUICK][0]
    return workshop.training.start(me, plan)


def test_steps_open_one_after_another(workshop):
    states = workshop.step_states("ana")
    assert states[Step.PROJECT] is StepState.NEXT
    assert states[Step.DATA] is StepState.LOCKED
    begin(workshop)
    assert workshop.step_states("ana")[Step.DATA] is StepState.NEXT
    bring(workshop)
    states = workshop.step_states("ana")
    assert states[Step.DATA] is StepState.DONE
    assert states[Step.TOOL] is StepState.NEXT
    assert states[Step.TRAIN] is StepState.OPEN
    assert states[Step.PLAYGROUND] is StepState.LOCKED


def test_a_locked_step_says_what_it_needs(workshop):
    with pytest.raises(StepLockedError) as caught:
        workshop.datasets.import_file("ana", "a.csv", GOOD.encode())
    assert caught.value.params["needs"] == "project"
    begin(workshop)
    with pytest.raises(StepLockedError):
        workshop.training.offer("ana")
    with pytest.raises(StepLockedError):
        workshop.playground.token("ana")


def test_the_same_case_changes_the_project_and_another_one_starts_anew(workshop):
    first = begin(workshop, name="Uno")
    same = begin(workshop, name="Dos")
    other = workshop.projects.save(
        "ana", use_case="support_chatbot", template="shop", name="T", objective="o"
    )
    assert same.id == first.id
    assert same.name == "Dos"
    assert other.id != first.id
    assert workshop.projects.visit("ana").dataset is None


def test_a_rejected_file_changes_nothing(workshop):
    bring(workshop)
    report = workshop.datasets.import_file("ana", "foto.png", b"\x89PNG\r\n\x1a\n0")
    assert report.verdict is Verdict.REJECT
    assert len(workshop.datasets.current("ana").dataset) == 12


def test_a_file_over_the_limit_is_refused_before_reading(open_workshop):
    workshop = open_workshop(max_upload_mb=1)
    begin(workshop)
    with pytest.raises(FileTooLargeError):
        workshop.datasets.import_file("ana", "a.csv", b"x" * 1_500_000)


def test_undo_brings_the_examples_back_and_redo_takes_it_back(workshop):
    bring(workshop)
    workshop.datasets.use_template("ana", "shop")
    assert len(workshop.datasets.current("ana").dataset) == 28
    workshop.datasets.undo("ana")
    assert len(workshop.datasets.current("ana").dataset) == 12
    workshop.datasets.redo("ana")
    assert len(workshop.datasets.current("ana").dataset) == 28
    assert len(workshop.datasets.current("ana").test) == 10


def test_participants_never_see_each_other(workshop, trainer, tmp_path):
    bring(workshop, "ana")
    begin(workshop, "luis")
    assert workshop.datasets.current("luis") is None
    assert workshop.training.view("luis") is None
    job = start(workshop, "ana")
    workshop.jobs.tick()
    trainer.finish(job.id, str(tmp_path))
    workshop.jobs.tick()
    assert workshop.context.own_model("ana", job.id) == tmp_path
    with pytest.raises(NotYoursError):
        workshop.context.own_model("luis", job.id)
    with pytest.raises(UnknownJobError):
        workshop.context.own_model("ana", "guessed")


def test_a_playground_token_opens_one_model_for_one_person(workshop, trainer, tmp_path):
    bring(workshop)
    job = start(workshop)
    workshop.jobs.tick()
    trainer.finish(job.id, str(tmp_path))
    workshop.jobs.tick()
    claim = workshop.playground.claim(workshop.playground.token("ana"))
    assert (claim.participant_id, claim.model_id) == ("ana", job.id)
    for bad in (None, "", "guessed", workshop.playground.token("ana")[:-2] + "xx"):
        with pytest.raises(InvalidTokenError):
            workshop.playground.claim(bad)


def test_an_old_token_is_refused(open_workshop, trainer, tmp_path):
    workshop = open_workshop(token_ttl_seconds=-1)
    bring(workshop)
    job = start(workshop)
    workshop.jobs.tick()
    trainer.finish(job.id, str(tmp_path))
    workshop.jobs.tick()
    with pytest.raises(InvalidTokenError) as caught:
        workshop.playground.claim(workshop.playground.token("ana"))
    assert caught.value.params["reason"] == "expired"


def test_one_job_at_a_time_and_a_place_in_the_queue(workshop, trainer):
    for me in ("ana", "luis", "eva"):
        bring(workshop, me)
        start(workshop, me)
    with pytest.raises(JobAlreadyActiveError):
        start(workshop, "ana")
    workshop.jobs.tick()
    assert workshop.training.view("ana").status.state is JobState.RUNNING
    luis, eva = workshop.training.view("luis"), workshop.training.view("eva")
    assert (luis.place.position, eva.place.position) == (1, 2)
    assert 0 < luis.place.seconds_to_start < eva.place.seconds_to_start
    assert luis.place.seconds_to_end == eva.place.seconds_to_start
    assert luis.place.running == 1


def test_a_queued_job_leaves_the_queue_at_once_when_cancelled(workshop):
    bring(workshop)
    start(workshop)
    workshop.training.cancel("ana")
    workshop.training.cancel("ana")
    assert workshop.training.view("ana").status.state is JobState.CANCELLED
    start(workshop)  # and another may be started


def test_a_running_job_stops_when_cancelled(workshop):
    bring(workshop)
    start(workshop)
    workshop.jobs.tick()
    workshop.training.cancel("ana")
    workshop.jobs.tick()
    assert workshop.training.view("ana").status.state is JobState.CANCELLED


def test_the_end_is_seen_only_once_the_model_is_known(workshop, trainer):
    """A page stops looking at the end: it must not see it before the model is there."""
    bring(workshop)
    job = start(workshop)
    workshop.jobs.tick()
    trainer.finish(job.id, "/model")
    before = workshop.training.view("ana")
    assert before.status.state is JobState.RUNNING
    workshop.jobs.tick()
    after = workshop.training.view("ana")
    assert after.status.state is JobState.SUCCEEDED
    assert after.row.model_dir == "/model"


def test_a_failed_job_can_be_tried_again(workshop, trainer):
    bring(workshop)
    job = start(workshop)
    workshop.jobs.tick()
    trainer.statuses[job.id] = JobStatus(JobState.FAILED, error_code="training_failed")
    workshop.jobs.tick()
    assert workshop.training.view("ana").status.error_code == "training_failed"
    assert start(workshop).id != job.id


def test_a_closed_tool_cannot_be_chosen(workshop):
    bring(workshop)
    with pytest.raises(TrainerClosedError):
        workshop.projects.choose_tool("ana", "openai")
    workshop.projects.choose_tool("ana", "simulated")
    assert workshop.training.tool("ana") == "simulated"


def test_everything_is_found_again_after_a_restart(open_workshop, trainer):
    before = open_workshop()
    bring(before)
    job = start(before)
    before.jobs.tick()
    key = before.results.voting_code("ana")
    link = before.room.resume_path("ana")
    after = open_workshop()
    assert (
        after.datasets.current("ana").dataset == before.datasets.current("ana").dataset
    )
    assert after.training.view("ana").row.id == job.id
    assert after.room.resume_path("ana") == link
    assert after.results.vote_card("luis", key).project.name == "Mi restaurante"


def test_votes_of_others_count_and_the_owner_cannot_vote(workshop):
    begin(workshop)
    key = workshop.results.voting_code("ana")
    ballot = {"functionality": 5, "relevance": 4, "creativity": 3, "presentation": 5}
    workshop.results.vote("luis", key, ballot)
    workshop.results.vote("eva", key, dict.fromkeys(ballot, 3))
    board = workshop.results.dashboard("ana")
    assert board.votes == 2
    assert board.grade.is_complete
    better = board.grade.total
    workshop.results.vote("eva", key, dict.fromkeys(ballot, 5))
    assert workshop.results.dashboard("ana").votes == 2
    assert workshop.results.dashboard("ana").grade.total > better
    with pytest.raises(NotYoursError):
        workshop.results.vote("ana", key, ballot)
    with pytest.raises(InvalidTokenError):
        workshop.results.vote("luis", "guessed", ballot)


def test_a_bad_vote_leaves_nothing_behind(workshop):
    begin(workshop)
    key = workshop.results.voting_code("ana")
    with pytest.raises(ScoreOutOfRangeError):
        workshop.results.vote("luis", key, {"relevance": 4, "creativity": 9})
    with pytest.raises(UnknownCriterionError):
        workshop.results.vote("luis", key, {"relevance": 4, "beauty": 3})
    assert workshop.results.dashboard("ana").votes == 0


def test_the_own_rating_is_kept_and_checked(workshop):
    begin(workshop)
    workshop.results.rate("ana", "tone", 4)
    assert workshop.results.dashboard("ana").own_ratings == {"tone": 4}
    with pytest.raises(UnknownCriterionError):
        workshop.results.rate("ana", "beauty", 4)
    with pytest.raises(ScoreOutOfRangeError):
        workshop.results.rate("ana", "tone", 0)


def test_the_facilitator_sees_the_room_but_nothing_private(workshop):
    bring(workshop, "ana")
    start(workshop, "ana")
    begin(workshop, "luis")
    workshop.projects.visit("somebody who only looked")
    lines = {line.nickname: line for line in workshop.room.progress()}
    assert set(lines) == {"ana", "luis"}
    assert lines["ana"].examples == 12
    assert lines["ana"].position == 1
    assert lines["luis"].reached is Step.DATA
    assert workshop.room.is_facilitator("abracadabra")
    assert not workshop.room.is_facilitator("Abracadabra")
    assert not workshop.room.is_facilitator("")


def test_a_made_up_password_is_printed_once_and_opens(settings, caplog):
    workshop = Workshop(replace(settings, facilitator_password=None))
    workshop.start()
    workshop.stop()
    words = caplog.text.split()
    assert any(workshop.room.is_facilitator(word.strip(".«»")) for word in words)
