"""Every line of the table: what is measured, against what, and the goal."""

from collections.abc import Callable
from functools import partial

from benchmarks import room, training
from benchmarks.checking import check_files, check_million
from benchmarks.first_page import first_page
from benchmarks.first_token import first_token, server_memory_30
from benchmarks.line import Line
from benchmarks.stack_speed import stack_speed

LINES: dict[str, Callable[[], Line | list[Line]]] = {
    "training_speed": training.training_speed,
    "gemm_share": training.gemm_share,
    "check_files": check_files,
    "first_page": first_page,
    "first_token": first_token,
    "server_memory_30": server_memory_30,
    "stack_speed": stack_speed,
    "check_million": check_million,
    "training_growth": training.training_growth,
    "room_30": partial(room.room_of, room.ROOM),
    "room_growth": room.room_growth,
}
# The points of what grows, one by one: the largest take an hour.
GROWING: dict[str, Callable[[], Line | list[Line]]] = {
    **{f"training_{n}": partial(training.training_of, n) for n in training.GROWTH},
    **{f"room_{n}": partial(room.room_of, n) for n in room.GROWTH if n != room.ROOM},
}
LINES |= GROWING
# Measured together with another line, whose name runs both.
TOGETHER = {
    "first_page_served": "first_page",
    "first_page_whole": "first_page",
    "first_page_new_browser": "first_page",
    "first_token_cold": "first_token",
    "first_token_warm": "first_token",
    "stack_speed_api": "stack_speed",
    "room_30_first_token": "room_30",
    "room_30_page": "room_30",
    "room_30_memory": "room_30",
}
# Too long for every run.
ON_REQUEST = frozenset({"check_million", "training_growth", "room_growth", *GROWING})
