"""Every line of the table: what is measured, against what, and the goal."""

from collections.abc import Callable

from benchmarks.checking import check_files, check_million
from benchmarks.first_page import first_page
from benchmarks.first_token import first_token, server_memory_30
from benchmarks.line import Line
from benchmarks.room import room_30, room_growth
from benchmarks.stack_speed import stack_speed
from benchmarks.training import gemm_share, training_growth, training_speed

LINES: dict[str, Callable[[], Line | list[Line]]] = {
    "training_speed": training_speed,
    "gemm_share": gemm_share,
    "check_files": check_files,
    "first_page": first_page,
    "first_token": first_token,
    "server_memory_30": server_memory_30,
    "stack_speed": stack_speed,
    "check_million": check_million,
    "training_growth": training_growth,
    "room_30": room_30,
    "room_growth": room_growth,
}
# Measured together with another line, whose name runs both.
TOGETHER = {
    "first_page_served": "first_page",
    "first_token_cold": "first_token",
    "first_token_warm": "first_token",
    "stack_speed_api": "stack_speed",
    "room_30_first_token": "room_30",
    "room_30_page": "room_30",
    "room_30_memory": "room_30",
}
# Too long for every run.
ON_REQUEST = frozenset({"check_million", "training_growth", "room_growth"})
