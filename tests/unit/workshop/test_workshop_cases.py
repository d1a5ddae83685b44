"""What is tried and saved in the playground lasts, and is its participant's alone."""

import json

import pytest

from ftcore.chat.base import Arm, ReplyTrace, SamplingOptions
from ftcore.data.examples import Task
from ftcore.errors import (
    EmptyCaseError,
    NotYoursError,
    OldProjectError,
    UnknownCaseError,
    UnknownTrialError,
)
from ftcore.jobs.evaluations import EvaluationRunner
from ftcore.tokens import PlaygroundClaim
from ftcore.training.base import JobState
from ftcore.workshop import Workshop
from tests.unit.chat.test_chat_arms import make_folder

ME = "ana"
FILE = "texto,etiqueta\n" + "".join(
    f"Correo número {i},{'alta' if i % 2 else 'baja'}\n" for i in range(12)
)
CHAT = "pregunta,respuesta\n" + "".join(
    f"¿Cuánto cuesta el plato {i}?,El plato {i} cuesta {i + 5} euros.\n"
    for i in range(12)
)


@pytest.fixture
def workshop(settings):
    made = Workshop(settings)
    yield made
    made.context.engines.close()
    made.context.store.close()


def begin(workshop: Workshop, me: str = ME, content: str = CHAT) -> None:
    workshop.projects.save(
        me, use_case="own", template=None, name="Mío", objective="o", nickname=me
    )
    workshop.datasets.import_file(me, "datos.csv", content.encode())


def train(workshop: Workshop, task: Task, me: str = ME) -> PlaygroundClaim:
    """Put a finished model into the store, without training it."""
    store = workshop.context.store
    project = workshop.context.project(me)
    job_id = f"job-{me}"
    folder = make_folder(workshop.settings.jobs_dir / job_id / "model", task)
    store.add_job(
        id=job_id,
        project_id=project.id,
        participant_id=me,
        dataset_id=store.datasets(project.id)[0].id,
        trainer="local",
        state=JobState.SUCCEEDED.value,
        config={},
        forecast_seconds=1.0,
        model_dir=str(folder),
    )
    return PlaygroundClaim(me, job_id)


def questions(workshop: Workshop, me: str = ME) -> list[str]:
    return [case.question for case in workshop.cases.of(me)]


# --- what was answered ------------------------------------------------------------


def test_a_conversation_lasts_and_is_begun_anew_and_brought_back(workshop):
    begin(workshop)
    claim = train(workshop, Task.CHAT)
    play = workshop.playground
    options = SamplingOptions(temperature=0.7, seed=7)
    first = play.keep(claim, Arm.TUNED, "¿Hora?", "A las 9.", options, ReplyTrace(5, 4))
    play.keep(claim, Arm.BASE, "¿Hora?", "No sé.")
    second = play.keep(claim, Arm.TUNED, "¿Y el lunes?", "Cerramos.")
    kept = play.conversation(claim)
    assert [row.id for row in kept[Arm.TUNED]] == [first.id, second.id]
    assert kept[Arm.TUNED][0].options["seed"] == 7
    assert kept[Arm.TUNED][0].trace["answer_tokens"] == 4
    play.replace(claim, second.id)
    assert [row.id for row in play.conversation(claim)[Arm.TUNED]] == [first.id]
    play.clear(claim)
    assert play.conversation(claim) == {}
    play.undo_clear(claim)  # the answer that was replaced before stays away
    kept = play.conversation(claim)
    assert [row.id for row in kept[Arm.TUNED]] == [first.id]
    assert len(kept[Arm.BASE]) == 1


def test_thumbs_are_counted_by_arm_and_outlive_the_conversation(workshop):
    begin(workshop)
    claim = train(workshop, Task.CHAT)
    play = workshop.playground
    rows = [play.keep(claim, Arm.TUNED, f"¿{i}?", f"{i}.") for i in range(3)]
    for row, liked in zip(rows, (True, False, None), strict=True):
        play.like(claim, row.id, liked)
    play.clear(claim)
    assert play.tallies(claim) == {Arm.TUNED: (1, 2)}
    assert workshop.results.thumbs(ME) == {Arm.TUNED: (1, 2)}
    play.like(claim, rows[0].id, None)
    assert play.tallies(claim) == {Arm.TUNED: (0, 1)}


def test_a_draft_takes_the_liked_answer_or_the_nearest_examples(workshop):
    begin(workshop)
    claim = train(workshop, Task.CHAT)
    play = workshop.playground
    assert play.draft_case(claim) == ("", "")
    row = play.keep(claim, Arm.BASE, "¿Cuál es el horario?", "Inventado.")
    assert play.draft_case(claim) == ("¿Cuál es el horario?", "Abrimos de 9 a 20.")
    play.like(claim, row.id, True)
    assert play.draft_case(claim) == ("¿Cuál es el horario?", "Inventado.")


def test_nobody_reaches_anothers_answers(workshop):
    begin(workshop)
    claim = train(workshop, Task.CHAT)
    begin(workshop, "luis")
    mine = train(workshop, Task.CHAT, "luis")
    row = workshop.playground.keep(claim, Arm.TUNED, "¿?", "Sí.")
    foreign = PlaygroundClaim("luis", claim.model_id)
    for verb in (
        lambda: workshop.playground.keep(foreign, Arm.TUNED, "¿?", "No."),
        lambda: workshop.playground.conversation(foreign),
        lambda: workshop.playground.clear(foreign),
        lambda: workshop.playground.undo_clear(foreign),
        lambda: workshop.playground.project_id(foreign),
        lambda: workshop.playground.like(foreign, row.id, True),
    ):
        with pytest.raises(NotYoursError):
            verb()
    with pytest.raises(UnknownTrialError):
        workshop.playground.like(mine, row.id, True)
    with pytest.raises(UnknownTrialError):
        workshop.playground.replace(mine, row.id)


# --- saved cases ------------------------------------------------------------------


def test_a_case_is_saved_once_a_question_removed_and_brought_back(workshop):
    begin(workshop)
    workshop.cases.save(ME, " ¿Hora? ", "A las 9.")
    workshop.cases.save(ME, "¿HORA?", "A las 10.")
    (case,) = workshop.cases.of(ME)
    assert (case.question, case.answer) == ("¿HORA?", "A las 10.")
    workshop.cases.remove(ME, case.id)
    assert questions(workshop) == []
    workshop.cases.bring_back(ME, case.id)
    assert questions(workshop) == ["¿HORA?"]
    for blank in (("", "b"), ("a", "  ")):
        with pytest.raises(EmptyCaseError):
            workshop.cases.save(ME, *blank)


def test_a_case_becomes_an_example_as_a_version(workshop):
    begin(workshop)
    before = workshop.datasets.current(ME)
    workshop.cases.save(ME, "¿Hora?", "A las 9.")
    workshop.cases.save(ME, "¿Cuánto cuesta el plato 3?", "8 euros.")
    assert [case.is_taught for case in workshop.cases.of(ME)] == [False, True]
    workshop.cases.teach(ME, workshop.cases.of(ME)[0].id)
    now = workshop.datasets.current(ME)
    assert now.version == before.version + 1
    assert now.dataset.examples[-1].prompt == "¿Hora?"
    assert [case.is_taught for case in workshop.cases.of(ME)] == [True, True]
    workshop.datasets.undo(ME)
    assert not workshop.cases.of(ME)[0].is_taught


def test_cases_are_of_their_project_and_participant(workshop):
    begin(workshop)
    workshop.cases.save(ME, "¿Hora?", "A las 9.")
    old = workshop.context.project(ME).id
    case = workshop.cases.of(ME)[0].id
    fields = {"use_case": "own", "template": None, "name": "n", "objective": "o"}
    workshop.context.store.add_project(ME, **fields)
    assert questions(workshop) == []
    assert len(workshop.cases.of(ME, old)) == 1
    with pytest.raises(OldProjectError):
        workshop.cases.teach(ME, case)
    begin(workshop, "luis")
    for verb in (
        lambda: workshop.cases.of("luis", old),
        lambda: workshop.cases.save("luis", "¿a?", "b", old),
        lambda: workshop.cases.remove("luis", case),
        lambda: workshop.cases.bring_back("luis", case),
        lambda: workshop.cases.teach("luis", case),
        lambda: workshop.cases.remove("luis", "guessed"),
    ):
        with pytest.raises(UnknownCaseError):
            verb()


def test_cases_are_taken_away_in_the_shape_of_their_task(workshop):
    begin(workshop, content=FILE)
    workshop.cases.save(ME, "Se ha caído el servidor", "alta")
    (line,) = workshop.cases.file(ME).decode().splitlines()
    assert json.loads(line) == {"text": "Se ha caído el servidor", "label": "alta"}


# --- the exam asks them too, apart ------------------------------------------------


def test_the_exam_asks_saved_cases_and_never_counts_them(workshop):
    begin(workshop, content=FILE)
    train(workshop, Task.CLASSIFICATION)
    runner = EvaluationRunner(workshop.context.store, workshop.context.engines)
    workshop.results.start_evaluation(ME)
    runner.tick()
    exam = workshop.results.dashboard(ME).evaluation
    assert workshop.results.cases_evaluation(ME) is None
    workshop.cases.save(ME, "Se ha caído el servidor", "alta")
    workshop.results.start_evaluation(ME, only_cases=True)
    runner.tick()
    row = workshop.results.evaluation_row(ME)
    assert row.state == JobState.SUCCEEDED
    cases = workshop.results.cases_evaluation(ME)
    assert [result.arm for result in cases.arms] == [Arm.TUNED, Arm.NEAREST]
    assert [r.question for r in cases.arms[0].records] == ["Se ha caído el servidor"]
    assert cases.arms[0].records[0].answer == "alta"  # the served head, not the exam's
    assert workshop.results.dashboard(ME).evaluation == exam
    workshop.results.start_evaluation(ME)
    runner.tick()
    assert workshop.results.cases_evaluation(ME).arms[0].accuracy.n == 1
    asked = workshop.results.dashboard(ME).evaluation.arms[0].records
    assert len(asked) == len(exam.arms[0].records)
