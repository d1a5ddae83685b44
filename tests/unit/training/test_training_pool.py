"""Training processes give way to the pages and the chat."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from ftcore.training.pool import NICENESS, give_way


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
