"""Every change of the examples is a version, and nothing is ever lost."""

import threading
from dataclasses import replace

import pytest

from ftcore.data.examples import Example, Task
from ftcore.data.findings import Verdict
from ftcore.data.likeness import spelling_vectors
from ftcore.data.options import ColumnChoice
from ftcore.data.splitting import SplitMethod
from ftcore.errors import (
    ExamNeedsTrainingError,
    NoSourceFileError,
    StaleVersionError,
    StepLockedError,
    UnknownFileKindError,
    UnknownVersionError,
)
from ftcore.models.retrieval import index_texts
from ftcore.training.base import JobState, Preset
from ftcore.workshop import Workshop
from ftcore.workshop.steps import Step, StepState
from tests.fakes import SteppedTrainer
from tests.waiting import eventually

DISHES = "pregunta,respuesta\n" + "".join(
    f"¿Cuánto cuesta el plato {i}?,El plato {i} cuesta {i + 5} euros.\n"
    for i in range(12)
)
LONG = Example.from_pair(
    "¿Tienen alguna mesa libre para cenar seis personas este viernes por la noche?",
    "Los viernes hay que reservar antes del mediodía",
)
NEW = Example.from_pair("¿Tienen menú infantil?", "Sí, cuesta nueve euros.")


class SpelledMeaning:
    """A quick embedder that remembers what it was asked."""

    name = "spelled"
    is_semantic = True

    def __init__(self) -> None:
        self.asked: list[str] = []

    def query(self, texts):
        self.asked += texts
        return spelling_vectors(texts)

    passage = query


@pytest.fixture
def embedder(monkeypatch):
    made = SpelledMeaning()
    monkeypatch.setattr("ftcore.workshop.dataset_views.default_embedder", lambda: made)
    return made


@pytest.fixture
def workshop(settings, embedder):
    workshop = Workshop(settings)
    workshop.context.trainers["local"] = SteppedTrainer()
    workshop.projects.save(
        "ana", use_case="own", template=None, name="n", objective="o", nickname="Ana"
    )
    yield workshop
    workshop.datasets.close()
    workshop.context.engines.close()
    workshop.context.store.close()


@pytest.fixture
def datasets(workshop):
    workshop.datasets.import_file("ana", "platos.csv", DISHES.encode())
    return workshop.datasets


def numbers(datasets) -> list[int]:
    return [version.number for version in datasets.versions("ana")]


def test_a_check_keeps_nothing(workshop):
    report = workshop.datasets.check("ana", "platos.csv", DISHES.encode())
    assert report.rows == 12
    assert workshop.datasets.current("ana") is None
    with pytest.raises(StepLockedError):
        workshop.datasets.check("luis", "platos.csv", DISHES.encode())


def test_an_import_is_a_version_with_author_and_name(datasets):
    version = datasets.versions("ana")[0]
    assert (version.number, version.author, version.rows) == (1, "Ana", 12)
    assert version.change == "import"
    assert version.params["filename"] == "platos.csv"
    assert version.is_current
    assert not version.trained


def test_kept_examples_are_numbered_from_one_and_the_file_keeps_its_lines(workshop):
    content = DISHES.replace("El plato 3 cuesta 8 euros.", "") + '"otra","más"\n'
    report = workshop.datasets.import_file("ana", "platos.csv", content.encode())
    current = workshop.datasets.current("ana")
    assert [e.line for e in current.dataset] == list(range(1, 13))
    assert report.left_out
    assert current.reading.left_out == report.left_out
    assert current.reading.table == report.table
    assert current.reading.filename == "platos.csv"
    codes = {finding.code for finding in current.reading.findings}
    assert codes.isdisjoint({finding.code for finding in current.findings})
    lines = {finding.line for finding in current.reading.findings}
    assert 5 in lines  # the line of the file, not the position of an example


def test_a_row_recovered_by_hand_is_not_offered_again(datasets):
    content = DISHES.replace("El plato 3 cuesta 8 euros.", "")
    content = content.replace("El plato 7 cuesta 12 euros.", "")
    datasets.import_file("ana", "platos.csv", content.encode())
    imported = datasets.versions("ana")[0].id
    lines = [row.line for row in datasets.current("ana").reading.left_out]
    assert lines == [5, 9]
    mended = Example.from_pair("¿Cuánto cuesta el plato 3?", "Ocho euros.")
    current = datasets.add_examples("ana", [mended], line=5)
    assert [row.line for row in current.reading.left_out] == [9]
    assert 5 not in {finding.line for finding in current.reading.findings}
    current = datasets.fix_all("ana") and datasets.current("ana")
    assert [row.line for row in current.reading.left_out] == [9]
    current = datasets.restore("ana", imported)
    assert [row.line for row in current.reading.left_out] == [5, 9]


def test_a_rejected_file_is_told_and_changes_nothing(datasets):
    report = datasets.import_file("ana", "vacio.csv", b"pregunta,respuesta\n,\n")
    assert report.verdict is Verdict.REJECT
    assert numbers(datasets) == [1]


def test_the_same_file_again_is_no_new_version(datasets):
    datasets.import_file("ana", "platos.csv", DISHES.encode())
    datasets.replace("ana", datasets.current("ana").dataset.examples)
    datasets.add_examples("ana", [])
    datasets.hold_out("ana", None)
    assert numbers(datasets) == [1]


def test_an_edit_is_a_version_with_its_diff(datasets):
    examples = list(datasets.current("ana").dataset)
    examples[2] = Example.from_pair(examples[2].prompt, "Hoy no hay.")
    current = datasets.replace("ana", [*examples[1:], NEW])
    diff = datasets.diff("ana", current.row.id)
    assert [c.row for c in diff.removed] == [1]
    assert [(c.row, c.after.target) for c in diff.changed] == [(3, "Hoy no hay.")]
    assert [(c.row, c.after) for c in diff.added] == [(12, NEW)]
    assert diff.same == 10
    assert current.version == 2
    assert current.edits == 1


def test_the_first_version_is_all_new_and_any_two_can_be_compared(datasets):
    first = datasets.versions("ana")[0].id
    assert len(datasets.diff("ana", first).added) == 12
    datasets.add_examples("ana", [NEW])
    datasets.undo("ana")
    newest = datasets.versions("ana")[0].id
    assert datasets.diff("ana", newest, first).is_empty
    with pytest.raises(UnknownVersionError):
        datasets.diff("ana", "guessed")


def test_undo_goes_back_step_by_step_and_redo_forward_again(datasets):
    sizes = [12]
    for at in range(3):
        datasets.add_examples("ana", [Example.from_pair(f"¿{at}?", f"{at}")])
        sizes.append(13 + at)
    back = [len(datasets.undo("ana").dataset) for _ in range(4)]
    assert back == [14, 13, 12, 12]
    assert datasets.before("ana") is None
    forward = [len(datasets.redo("ana").dataset) for _ in range(4)]
    assert forward == [13, 14, 15, 15]
    assert datasets.after("ana") is None


def test_a_change_after_an_undo_ends_the_redo(datasets):
    datasets.add_examples("ana", [NEW])
    datasets.undo("ana")
    datasets.add_examples("ana", [Example.from_pair("¿Otra?", "Otra.")])
    assert datasets.after("ana") is None
    assert len(datasets.undo("ana").dataset) == 12


def test_any_version_can_be_restored_and_restoring_can_be_undone(datasets):
    first = datasets.versions("ana")[0].id
    datasets.add_examples("ana", [NEW])
    datasets.use_template("ana", "shop")
    restored = datasets.restore("ana", first)
    assert (restored.version, len(restored.dataset)) == (4, 12)
    assert restored.reading.filename == "platos.csv"
    assert datasets.versions("ana")[0].params["number"] == 1
    undone = datasets.undo("ana")
    assert (len(undone.dataset), len(undone.test)) == (28, 10)
    with pytest.raises(UnknownVersionError):
        datasets.restore("ana", "guessed")


def test_nobody_reaches_a_version_of_somebody_else(workshop, datasets):
    first = datasets.versions("ana")[0].id
    workshop.projects.save(
        "luis", use_case="own", template=None, name="n", objective="o"
    )
    with pytest.raises(UnknownVersionError):
        datasets.restore("luis", first)
    with pytest.raises(UnknownVersionError):
        datasets.diff("luis", first)


def test_a_fix_is_shown_first_and_then_kept(datasets):
    examples = datasets.current("ana").dataset.examples
    datasets.add_examples("ana", [examples[0], examples[1]])
    shown = datasets.preview_fix("ana", "duplicate", {13})
    assert [c.row for c in shown.changes] == [13]
    assert len(datasets.current("ana").dataset) == 14
    done = datasets.fix("ana", "duplicate", {13})
    assert done == shown
    assert done.dropped == (examples[0],)
    version = datasets.versions("ana")[0]
    assert (version.change, version.params["code"]) == ("fix", "duplicate")
    assert (version.params["count"], version.rows) == (1, 13)
    assert datasets.preview_all("ana") == datasets.fix_all("ana")
    assert datasets.current("ana").dataset.examples == examples


def test_a_near_copy_is_found_by_meaning_and_taken_out(datasets):
    near = Example.from_pair(f"{LONG.prompt} ?", f"{LONG.target}.")
    datasets.add_examples("ana", [LONG, near])
    found = [f for f in datasets.current("ana").findings if f.code == "near_duplicate"]
    assert [f.line for f in found] == [14]
    datasets.fix("ana", "near_duplicate")
    assert datasets.current("ana").dataset.examples[12:] == (LONG,)


def test_the_chosen_exam_follows_its_examples(datasets):
    current = datasets.hold_out("ana", [2, 5])
    assert (current.plan.method, current.plan.held_out) == (SplitMethod.CHOSEN, (2, 5))
    assert current.held_out == 2
    asked = current.plan.test.examples
    moved = datasets.replace("ana", [NEW, *current.dataset.examples[1:]])
    assert moved.plan.test.examples == asked
    shorter = datasets.replace("ana", moved.dataset.examples[2:])
    assert shorter.plan.held_out == (3,)
    assert shorter.plan.test.examples == asked[1:]
    free = datasets.hold_out("ana", None)
    assert free.plan.method is SplitMethod.STRATIFIED


def test_a_choice_that_cannot_be_is_refused_and_kept_out(datasets):
    with pytest.raises(ExamNeedsTrainingError):
        datasets.hold_out("ana", range(1, 13))
    assert numbers(datasets) == [1]


def test_an_exam_that_loses_all_its_examples_is_ours_to_choose_again(datasets):
    datasets.hold_out("ana", [1])
    after = datasets.replace("ana", datasets.current("ana").dataset.examples[1:])
    assert after.plan.method is SplitMethod.STRATIFIED


def test_the_exam_of_the_screen_is_the_exam_of_the_training(workshop, datasets):
    plan = workshop.training.offer("ana").plans[Preset.QUICK][0]
    for rows in (None, [3, 4]):
        current = datasets.hold_out("ana", rows)
        job = workshop.training.start("ana", replace(plan, seed=7))
        request = workshop.training.request(job)
        assert request.held_out == current.plan.held_out
        assert request.dataset_version == current.version
        assert request.test is None
        workshop.training.cancel("ana")


def test_a_template_brings_its_own_exam_unless_one_is_chosen(workshop, datasets):
    datasets.use_template("ana", "shop")
    assert datasets.current("ana").plan.method is SplitMethod.TEMPLATE
    plan = workshop.training.offer("ana").plans[Preset.QUICK][0]
    request = workshop.training.request(workshop.training.start("ana", plan))
    assert (len(request.test), request.held_out) == (10, None)
    workshop.training.cancel("ana")
    assert datasets.hold_out("ana", [1, 2]).held_out == 2
    request = workshop.training.request(workshop.training.start("ana", plan))
    assert (request.test, request.held_out) == (None, (1, 2))
    workshop.training.cancel("ana")
    assert datasets.hold_out("ana", None).held_out == 10


def test_an_example_that_gives_the_exam_away_is_a_leak(datasets):
    datasets.use_template("ana", "shop")
    current = datasets.current("ana")
    assert current.plan.leaks == ()
    asked = current.test[3]
    leaking = datasets.add_examples("ana", [asked])
    assert [(k.train_row, k.test_row) for k in leaking.plan.leaks] == [(29, 4)]


def test_an_empty_table_trains_nothing_until_it_has_an_example(workshop):
    datasets = workshop.datasets
    current = datasets.start_table("ana", Task.CLASSIFICATION)
    assert (len(current.dataset), current.findings) == (0, ())
    assert current.plan.method is SplitMethod.NONE
    states = workshop.step_states("ana")
    assert states[Step.DATA] is StepState.NEXT
    assert states[Step.TRAIN] is StepState.LOCKED
    for look in (datasets.quality, datasets.picture, datasets.destinations):
        with pytest.raises(StepLockedError):
            look("ana")
    with pytest.raises(StepLockedError):
        workshop.training.offer("ana")
    datasets.replace("ana", [Example.from_pair("No carga", "urgente")])
    assert workshop.step_states("ana")[Step.DATA] is StepState.DONE
    assert datasets.quality("ana").score < 100
    assert datasets.versions("ana")[-1].change == "table"


def test_the_kept_file_is_read_again_in_another_way(datasets):
    datasets.add_examples("ana", [NEW])
    swapped = ColumnChoice("respuesta", "pregunta")
    assert datasets.current("ana").edits == 1
    datasets.reread("ana", columns=swapped)
    current = datasets.current("ana")
    assert current.dataset.examples[0].target == "¿Cuánto cuesta el plato 0?"
    assert (current.version, current.edits) == (3, 0)
    version = datasets.versions("ana")[0]
    assert (version.change, version.params["edits"]) == ("reread", 1)
    assert NEW in datasets.undo("ana").dataset.examples
    datasets.redo("ana")
    datasets.reread("ana")  # and the file is still there for another way
    assert datasets.current("ana").dataset.examples[0].target.startswith("El plato")


def test_rows_of_the_hub_become_a_version_that_can_be_read_again(datasets, monkeypatch):
    rows = "".join(
        f'{{"a": "¿{i} más {i}?", "b": "Son {2 * i}."}}\n' for i in range(12)
    )
    asked = []

    def fetch(dataset_id):
        asked.append(dataset_id)
        return "sumas.jsonl", rows.encode()

    monkeypatch.setattr("ftcore.workshop.datasets.load_hub_dataset", fetch)
    datasets.import_hub("ana", "ana/sumas", columns=ColumnChoice("a", "b"))
    version = datasets.versions("ana")[0]
    assert (version.change, version.params["dataset_id"]) == ("hub", "ana/sumas")
    assert datasets.current("ana").dataset.examples[2].target == "Son 4."
    datasets.reread("ana", columns=ColumnChoice("b", "a"))
    assert datasets.current("ana").dataset.examples[2].prompt == "Son 4."
    assert asked == ["ana/sumas"]
    with pytest.raises(StepLockedError):
        datasets.import_hub("luis", "ana/sumas")


def test_a_template_has_no_file_to_read_again(datasets):
    datasets.use_template("ana", "shop")
    with pytest.raises(NoSourceFileError):
        datasets.reread("ana")


def test_a_change_made_on_an_older_version_is_refused(datasets):
    seen = datasets.current("ana").row.id
    datasets.replace("ana", [NEW], base=seen)
    with pytest.raises(StaleVersionError) as caught:
        datasets.replace("ana", [], base=seen)
    assert caught.value.params["current"] == 2
    for change in (
        datasets.fix_all,
        lambda me, base: datasets.fix(me, "html", base=base),
    ):
        with pytest.raises(StaleVersionError):
            change("ana", base=seen)
    assert numbers(datasets) == [2, 1]


def test_two_tabs_that_add_at_once_lose_nothing(datasets):
    gate = threading.Barrier(4)

    def add(at: int) -> None:
        gate.wait()
        datasets.add_examples("ana", [Example.from_pair(f"¿{at}?", f"Son {at}.")])

    threads = [threading.Thread(target=add, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(datasets.current("ana").dataset) == 16
    assert numbers(datasets) == [5, 4, 3, 2, 1]


def test_the_version_that_trained_is_told(workshop, datasets, tmp_path):
    plan = workshop.training.offer("ana").plans[Preset.QUICK][0]
    job = workshop.training.start("ana", plan)
    datasets.add_examples("ana", [NEW])
    workshop.context.store.end_job(
        job.id, JobState.SUCCEEDED.value, model_dir=str(tmp_path)
    )
    assert [v.trained for v in datasets.versions("ana")] == [False, True]


def test_everything_is_the_same_after_a_restart(workshop, datasets, settings):
    datasets.hold_out("ana", [1, 2])
    before = datasets.current("ana")
    again = Workshop(settings)
    after = again.datasets.current("ana")
    assert after.dataset == before.dataset
    assert after.plan == before.plan
    assert after.findings == before.findings
    assert after.reading == before.reading
    assert again.datasets.before("ana").number == 1
    again.context.engines.close()
    again.context.store.close()


@pytest.mark.parametrize("kind", ["jsonl", "csv", "openai", "local"])
def test_the_examples_can_be_taken_away(datasets, kind):
    name, content = datasets.file("ana", kind)
    assert "." in name
    assert "plato 11" in content.decode()


def test_an_unknown_kind_of_file_is_refused(datasets):
    with pytest.raises(UnknownFileKindError):
        datasets.file("ana", "docx")
    with pytest.raises(StepLockedError):
        datasets.file("luis", "jsonl")


def test_only_new_texts_are_embedded_again(datasets, embedder):
    first = datasets.vectors("ana")
    assert len(embedder.asked) == 12
    datasets.add_examples("ana", [NEW])
    again = datasets.vectors("ana")
    assert (again[:12] == first).all()
    assert embedder.asked[12:] == [NEW.prompt]
    assert datasets.picture("ana").points.shape == (13, 2)


def test_a_page_does_not_wait_for_many_texts_to_be_embedded(datasets, embedder):
    many = [Example.from_pair(f"¿Cuánto vale el {i}?", f"Son {i}.") for i in range(150)]
    near = Example.from_pair(f"{LONG.prompt} ?", f"{LONG.target}.")
    current = datasets.replace("ana", [*many, LONG, near])
    assert [f.line for f in current.findings if f.code == "near_duplicate"] == [152]
    assert embedder.asked == []  # found by spelling
    assert datasets.picture("ana").points.shape == (152, 2)
    assert len(embedder.asked) == 152  # the participant asked, and waits


def test_every_forecast_knows_how_many_questions_the_exam_has(workshop, datasets):
    trainer = workshop.context.trainers["local"]
    asked = datasets.exam_size("ana")
    offer = workshop.training.offer("ana")
    workshop.training.forecast("ana", offer.plans[Preset.QUICK][0])
    workshop.projects.tools("ana")
    assert asked == len(datasets.current("ana").plan.test) > 0
    assert set(trainer.exams) == {asked}
    assert datasets.exam_size("nobody") is None


def test_how_a_version_is_shared_out_is_worked_out_once(datasets):
    row = datasets.current("ana").row
    assert datasets.load(row)[1] is datasets.load(row)[1]
    datasets.hold_out("ana", [2, 5])
    assert datasets.load(datasets.current("ana").row)[1].held_out == (2, 5)
    assert datasets.load(row)[1].held_out != (2, 5)


def test_who_opens_step_three_finds_the_examples_embedded(workshop, datasets, embedder):
    examples = datasets.examples("ana").examples
    wanted = set(index_texts(examples, answers=True))
    assert not wanted <= set(embedder.asked)
    workshop.projects.choose_tool("ana", "local")
    workshop.training.prepare("ana")
    eventually(lambda: wanted <= set(embedder.asked))
    asked = embedder.asked.count(index_texts(examples, answers=False)[0])
    workshop.training.prepare("ana")
    workshop.training.prepare("nobody")
    datasets.close()
    assert embedder.asked.count(index_texts(examples, answers=False)[0]) == asked == 1


def test_a_damaged_cache_is_made_again(datasets, settings):
    first = datasets.vectors("ana")
    settings.vectors_file.write_bytes(b"half of what was there, whatever it is" * 9)
    assert (datasets.vectors("ana") == first).all()
