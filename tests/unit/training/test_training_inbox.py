"""No job is lost between two processes, and none runs twice."""

import threading

import pytest

from ftcore.training.inbox import Inbox, Task

A, B = Task("/jobs/a", 1), Task("/jobs/b", 2)


@pytest.fixture
def inbox(tmp_path):
    box = Inbox(tmp_path / "worker")
    box.open()
    return box


def test_a_task_stays_until_it_is_done(inbox):
    assert inbox.is_free
    assert inbox.look() is None
    assert inbox.put(A)
    assert not inbox.is_free
    assert inbox.look() == A
    assert inbox.look() == A
    inbox.done()
    assert inbox.is_free
    assert inbox.look() is None


def test_a_busy_worker_takes_no_second_task(inbox):
    assert inbox.put(A)
    assert not inbox.put(B)
    assert inbox.look() == A


def test_who_has_left_takes_nothing(inbox):
    assert inbox.leave()
    assert inbox.leave()
    assert not inbox.put(A)
    assert not inbox.is_free


def test_nobody_leaves_with_a_task_in_the_box(inbox):
    inbox.put(A)
    assert not inbox.leave()
    assert inbox.look() == A


def test_an_end_asked_for_is_seen(inbox):
    assert not inbox.is_end_asked
    inbox.ask_end()
    assert inbox.is_end_asked
    assert inbox.leave()


def test_no_draft_is_left_behind(inbox, tmp_path):
    inbox.put(A)
    inbox.put(B)
    assert [path.name for path in tmp_path.iterdir()] == ["worker"]


def test_leaving_and_handing_over_at_once_never_both_succeed(tmp_path):
    for round_ in range(50):
        box = Inbox(tmp_path / str(round_))
        box.open()
        won: dict[str, bool] = {}
        gate = threading.Barrier(2)

        def try_to(name, verb, gate=gate, won=won):
            gate.wait()
            won[name] = verb()

        verbs = {"put": lambda box=box: box.put(A), "leave": box.leave}
        threads = [threading.Thread(target=try_to, args=item) for item in verbs.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert won["put"] != won["leave"]
