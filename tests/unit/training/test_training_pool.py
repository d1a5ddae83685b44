"""Training processes give way to the pages and the chat."""

import json
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from ftcore.settings import Settings
from ftcore.training.inbox import Inbox, Task
from ftcore.training.pool import NICENESS, WorkerPool, give_way


@pytest.mark.skipif(sys.platform != "linux", reason="niceness as Linux counts it")
def test_a_session_of_its_own_gives_way_too() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        give_way(psutil.Process(child.pid))
        assert psutil.Process(child.pid).nice() == NICENESS
        session = Path(f"/proc/{child.pid}/autogroup")
        words = session.read_text().split() if session.exists() else []
        if words:  # empty where the kernel was told not to
            assert words[-1] == str(NICENESS)
    finally:
        child.communicate(b"\n", timeout=20)


def test_who_is_just_finishing_is_waited_for(settings: Settings) -> None:
    pool = WorkerPool(replace(settings, parallel_jobs=1))
    busy = Inbox(settings.data_dir / "pool" / "busy")
    busy.open()
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        born = psutil.Process(child.pid).create_time()
        card = {"pid": child.pid, "started": born}
        busy.path.with_suffix(".json").write_text(json.dumps(card))
        assert busy.put(Task("a job that is over", 1))
        threading.Timer(0.3, busy.done).start()
        assert pool.hire().pid == child.pid
        assert [worker.pid for worker in pool.workers()] == [child.pid]
    finally:
        child.communicate(b"\n", timeout=20)
