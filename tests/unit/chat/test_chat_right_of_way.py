"""A prompt is read before others go on writing, and nobody waits for long."""

import threading

import pytest

from ftcore.chat.right_of_way import RightOfWay
from tests.waiting import eventually

LONG = 60.0  # seconds that no test takes


def in_thread(work):
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_a_writer_pauses_while_somebody_reads_and_then_goes_on():
    right = RightOfWay(LONG)
    wrote = []
    with right.writing() as writer:
        writer.let_pass()  # nobody reads

        def write():
            for token in range(3):
                writer.let_pass()
                wrote.append(token)

        with right.reading():
            writing = in_thread(write)
            eventually(lambda: writer.is_paused)
            assert wrote == []
            assert right.computing == 1
        writing.join(LONG)
        assert wrote == [0, 1, 2]
        assert not writer.is_paused
        assert right.computing == 1
    assert right.computing == 0


def test_a_reader_begins_when_the_writers_have_paused(monkeypatch):
    monkeypatch.setattr("ftcore.chat.right_of_way._A_BATCH_SECONDS", LONG)
    right = RightOfWay(LONG)
    read, may_pause = threading.Event(), threading.Event()

    def write():
        assert may_pause.wait(LONG)
        writer.let_pass()

    def look():
        with right.reading():
            read.set()

    with right.writing() as writer:
        writing = in_thread(write)  # in the middle of a batch
        reading = in_thread(look)
        eventually(lambda: right.computing == 2)
        assert not read.is_set()
        may_pause.set()
        assert read.wait(LONG)
        writing.join(LONG)
        reading.join(LONG)


def test_a_reader_does_not_wait_for_who_ends(monkeypatch):
    monkeypatch.setattr("ftcore.chat.right_of_way._A_BATCH_SECONDS", LONG)
    right, read = RightOfWay(LONG), threading.Event()

    def look():
        with right.reading():
            read.set()

    with right.writing():
        reading = in_thread(look)
        eventually(lambda: right.computing == 2)
    assert read.wait(LONG)
    reading.join(LONG)


def test_who_has_paused_goes_on_for_as_long():
    now = [100.0]
    right = RightOfWay(LONG, lambda: now[0])
    with right.writing() as writer:
        with right.reading():
            writing = in_thread(writer.let_pass)
            eventually(lambda: writer.is_paused)
            now[0] += 0.4
        writing.join(LONG)
        assert writer.goes_on_until == pytest.approx(100.8)
        with right.reading():  # does not wait for it either
            writer.let_pass()
            assert right.computing == 2
            now[0] = 100.9
            writing = in_thread(writer.let_pass)
            eventually(lambda: writer.is_paused)
        writing.join(LONG)


def test_patience_ends():
    right = RightOfWay(0.01)
    with right.writing() as writer, right.reading():
        writer.let_pass()  # returns though the reader is still there
        assert not writer.is_paused


def test_without_patience_nobody_waits():
    right = RightOfWay(0)
    with right.writing() as writer, right.reading():
        writer.let_pass()
        assert writer.goes_on_until == 0.0
        assert right.computing == 2


def test_a_failure_leaves_nobody_waiting():
    right = RightOfWay(LONG)
    with pytest.raises(RuntimeError), right.reading():
        raise RuntimeError
    with pytest.raises(RuntimeError), right.writing():
        raise RuntimeError
    assert right.computing == 0
    with right.writing() as writer:
        writer.let_pass()
