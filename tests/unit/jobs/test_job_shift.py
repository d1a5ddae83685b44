"""A worker waits, works, and goes when nobody needs it."""

import os
import shutil
import threading
import time

import pytest

from ftcore.jobs import shift
from ftcore.jobs.stopwatch import Stopwatch
from ftcore.training.inbox import Inbox, Task


class Desk:
    """Notes what it is given, and says something as a library in C would."""

    def __init__(self) -> None:
        self.done: list[tuple[str, int]] = []
        self.is_warm = False

    def warm_up(self) -> None:
        self.is_warm = True

    def run(self, job, threads, watch) -> None:
        os.write(2, b"words of a library\n")
        self.done.append((job.path.name, threads))
        watch.stop()


@pytest.fixture
def inbox(tmp_path):
    box = Inbox(tmp_path / "pool" / "worker")
    box.open()
    return box


def a_task(tmp_path, name: str, threads: int = 1) -> Task:
    folder = tmp_path / name
    folder.mkdir()
    return Task(str(folder), threads)


def serve(inbox, desk, **limits) -> None:
    shift.serve(inbox, desk, Stopwatch("starting"), **limits)


def test_it_does_what_waits_and_leaves_when_idle(inbox, tmp_path):
    desk = Desk()
    inbox.put(a_task(tmp_path, "a", threads=2))
    serve(inbox, desk, idle_seconds=0.0)
    assert desk.done == [("a", 2)]
    assert not inbox.path.exists()
    assert (tmp_path / "a" / "worker.log").read_text() == "words of a library\n"


def test_it_takes_one_after_the_other_until_told_to_end(inbox, tmp_path):
    desk = Desk()
    thread = threading.Thread(target=serve, args=(inbox, desk))
    thread.start()
    for name in ("a", "b"):
        assert inbox.put(a_task(tmp_path, name))
        while not inbox.is_free:
            time.sleep(0.01)
    inbox.ask_end()
    thread.join(10)
    assert desk.is_warm
    assert not thread.is_alive()
    assert desk.done == [("a", 1), ("b", 1)]
    assert list(inbox.path.parent.iterdir()) == []  # not even its marks are left


def test_one_that_has_grown_too_big_goes_after_its_job(inbox, tmp_path):
    desk = Desk()
    inbox.put(a_task(tmp_path, "a"))
    serve(inbox, desk, most_bytes=1)
    assert desk.done == [("a", 1)]
    assert not inbox.put(Task("/jobs/b", 1))


def test_it_goes_when_the_workshop_was_deleted(inbox):
    shutil.rmtree(inbox.path.parent)
    serve(inbox, Desk())


def test_a_bug_ends_the_process_for_a_fresh_one_is_safer(inbox, tmp_path):
    class Broken:
        def run(self, job, threads, watch):
            raise RuntimeError("a bug")

    inbox.put(a_task(tmp_path, "a"))
    with pytest.raises(RuntimeError):
        serve(inbox, Broken())
