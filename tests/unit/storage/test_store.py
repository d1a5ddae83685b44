"""The store's verbs, the same on SQLite and on PostgreSQL."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect

from ftcore.storage.database import migrate, open_database
from ftcore.storage.records import Base
from ftcore.storage.store import Store


class Ticking:
    """A clock that moves on by one second at each look."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path: Path, empty):
    url = f"sqlite:///{tmp_path / 'folder' / 'a.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    engine = open_database(url)
    yield engine
    engine.dispose()
    empty(url)


@pytest.fixture
def store(engine) -> Store:
    return Store(engine, clock=Ticking())


def add_project(store: Store, participant: str = "ana", **fields: object):
    store.see_participant(participant)
    values = {"use_case": "own", "template": None, "name": "n", "objective": "o"}
    return store.add_project(participant, **{**values, **fields})


def add_dataset(store: Store, project, dataset_id: str):
    return store.add_dataset(
        project.id,
        dataset_id,
        filename="f",
        origin="upload",
        task="chat",
        rows=3,
        fingerprint="x",
    )


def add_job(store: Store, project, job_id: str, **fields: object):
    dataset = add_dataset(store, project, f"data-{job_id}")
    values = {
        "trainer": "local",
        "state": "queued",
        "config": {},
        "forecast_seconds": 1,
    }
    return store.add_job(
        id=job_id,
        project_id=project.id,
        participant_id=project.participant_id,
        dataset_id=dataset.id,
        **{**values, **fields},
    )


def test_migrations_make_the_tables_that_the_classes_describe(engine):
    found = inspect(engine)
    for name, table in Base.metadata.tables.items():
        columns = {c["name"]: c for c in found.get_columns(name)}
        assert set(columns) == {c.name for c in table.columns}
        for column in table.columns:
            assert columns[column.name]["nullable"] == column.nullable, column


def test_migrating_twice_changes_nothing(engine):
    before = inspect(engine).get_table_names()
    migrate(engine)
    assert inspect(engine).get_table_names() == before


def test_a_visit_creates_once_and_moves_the_last_time(store):
    first = store.see_participant("ana")
    second = store.see_participant("ana")
    assert len(store.participants()) == 1
    assert first.created_at == second.created_at
    assert second.seen_at > first.seen_at
    assert store.participants()[0].seen_at.tzinfo is not None


def test_the_newest_project_is_current_and_the_old_one_is_kept(store):
    old = add_project(store, name="old")
    new = add_project(store, name="new")
    assert store.current_project("ana").id == new.id
    assert store.project(old.id).name == "old"
    assert store.current_project("luis") is None


def test_a_project_keeps_accents_and_its_checklist(store):
    project = add_project(store, name="Peluquería «Ñandú» 💈")
    store.update_project(project.id, checklist={"data": True}, tool="local")
    found = store.project(project.id)
    assert found.name == "Peluquería «Ñandú» 💈"
    assert found.checklist == {"data": True}
    assert found.tool == "local"


def test_the_queue_is_first_come_first_served(store):
    project = add_project(store)
    for name in ("c", "a", "b"):
        add_job(store, project, name)
    assert [job.id for job in store.active_jobs()] == ["c", "a", "b"]
    assert [job.id for job in store.jobs(project.id)] == ["b", "a", "c"]


def test_who_has_no_model_yet_comes_before_who_trains_again(store):
    ana, luis = add_project(store), add_project(store, "luis")
    add_job(store, ana, "first")
    store.start_job("first")
    store.end_job("first", "succeeded")
    add_job(store, ana, "again")
    add_job(store, luis, "new")
    assert [job.id for job in store.active_jobs()] == ["new", "again"]
    assert [job.turn for job in store.active_jobs()] == [0, 1]
    assert [job.id for job in store.recent_jobs("local", 5)] == ["first"]


def test_who_has_examples_and_no_training_yet_is_about_to_train(engine):
    clock = Ticking()
    store = Store(engine, clock=clock)
    ana, luis, eva = (add_project(store, name) for name in ("ana", "luis", "eva"))
    add_project(store, "idle")
    add_dataset(store, ana, "a1")
    add_dataset(store, ana, "a2")
    add_dataset(store, luis, "l1")
    add_job(store, eva, "e1")
    assert store.count_about_to_train("local", besides="eva") == 2
    assert store.count_about_to_train("local", besides="ana") == 1
    store.update_project(ana.id, tool="openai")
    assert store.count_about_to_train("local", besides="eva") == 1
    store.update_project(ana.id, tool="local")
    add_job(store, luis, "l2")
    assert store.count_about_to_train("local", besides="eva") == 1
    clock.now += timedelta(hours=2)  # another workshop, with the same store
    assert store.count_about_to_train("local", besides="eva") == 0


def test_a_paused_job_leaves_the_queue_and_returns_to_its_end(store):
    project = add_project(store)
    for name in ("a", "b"):
        add_job(store, project, name)
    assert store.start_job("a")
    assert store.pause_job("a", progress=0.5)
    assert [job.id for job in store.active_jobs()] == ["b"]
    assert not store.start_job("a")
    assert store.resume_job("a")
    assert not store.resume_job("a")
    assert [job.id for job in store.active_jobs()] == ["b", "a"]
    assert store.job("a").progress == 0.5
    store.pause_job("a")
    store.end_job("a", "cancelled")
    assert store.job("a").state == "cancelled"
    assert not store.pause_job("a")


def test_a_job_whose_process_died_keeps_its_place(store):
    project = add_project(store)
    for name in ("a", "b"):
        add_job(store, project, name)
    store.start_job("a")
    assert store.retry_job("a", 1)
    assert not store.retry_job("a", 2)  # it waits already
    assert [job.id for job in store.active_jobs()] == ["a", "b"]
    assert store.job("a").attempts == 1


def test_a_job_starts_once_even_when_many_try(store):
    add_job(store, add_project(store), "j")
    wins: list[bool] = []
    threads = [
        threading.Thread(target=lambda: wins.append(store.start_job("j")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wins.count(True) == 1
    assert store.job("j").started_at is not None


def test_an_ended_job_keeps_its_end(store):
    add_job(store, add_project(store), "j")
    store.end_job("j", "cancelled")
    store.end_job("j", "succeeded", model_dir="/x")
    job = store.job("j")
    assert job.state == "cancelled"
    assert job.model_dir is None
    assert job.ended_at is not None
    assert not store.start_job("j")
    assert store.active_jobs() == []


def test_active_jobs_of_one_participant(store):
    add_job(store, add_project(store, "ana"), "mine")
    add_job(store, add_project(store, "luis"), "other")
    assert [job.id for job in store.active_jobs("ana")] == ["mine"]


def test_evaluations_come_back_newest_first_with_their_payload(store):
    add_job(store, add_project(store), "j")
    first = store.add_evaluation("j")
    second = store.add_evaluation("j")
    assert [row.id for row in store.active_evaluations()] == [first.id, second.id]
    store.update_evaluation(second.id, state="succeeded", payload={"año": [1, None]})
    assert store.latest_evaluation("j").payload == {"año": [1, None]}
    assert [row.id for row in store.active_evaluations()] == [first.id]


def test_a_second_rating_replaces_the_first(store):
    project = add_project(store)
    store.rate(project.id, "ana", "tone", 2)
    store.rate(project.id, "ana", "tone", 5)
    assert [(r.criterion, r.value) for r in store.ratings(project.id)] == [("tone", 5)]


def test_only_what_left_last_comes_back(store):
    job = add_job(store, add_project(store), "j1")
    rows = [
        store.add_trial(job.id, arm="tuned", question="¿?", answer=str(at))
        for at in range(3)
    ]
    store.leave_trials(job.id, rows[0].id)
    store.leave_trials(job.id)
    store.return_trials(job.id)
    here = [row.answer for row in store.trials(job.id) if row.left_at is None]
    assert here == ["1", "2"]
    store.return_trials("another")
    store.like_trial(rows[1].id, True)
    assert [row.liked for row in store.trials(job.id)] == [None, True, None]
    assert store.trial("none") is None


def test_a_removed_case_waits_to_be_brought_back(store):
    project = add_project(store)
    first = store.add_case(project.id, "¿Día?", "Lunes.")
    store.add_case(project.id, "¿Hora?", "A las 9.")
    store.remove_case(first.id)
    assert [case.question for case in store.saved_cases(project.id)] == ["¿Hora?"]
    store.remove_case(first.id, removed=False)
    assert len(store.saved_cases(project.id)) == 2
    assert store.saved_case(first.id).answer == "Lunes."


def test_everything_is_there_after_a_restart(tmp_path):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    store = Store(open_database(url))
    project = add_project(store, name="Sigue aquí")
    store.close()
    again = Store(open_database(url))
    assert again.current_project("ana").name == "Sigue aquí"
    assert again.current_project("ana").id == project.id
    again.close()
