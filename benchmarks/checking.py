"""Rows per second and peak memory of checking, beside two readers that only read."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.line import Line
from ftcore.settings import ROOT

SIZES = (1_000, 10_000, 100_000)
MILLION = 1_000_000
# A minute or so for the largest: somebody waits for it beside a bar.
MOST_SECONDS = {1_000: 5, 10_000: 5, 100_000: 10, MILLION: 90}
ROUNDS = 3  # interleaved: what else the machine does falls on all alike
MOST_MEGABYTES = 300  # of our process, whatever the file's size
PEERS = {"datasets": "datasets.load_dataset, no checks", "pandas": "pandas, no checks"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading in a process of its own."""

    seconds: float
    megabytes: float
    rows: int


def check_files() -> list[Line]:
    """A thousand to a hundred thousand rows, as CSV and as JSONL."""
    return [line for rows in SIZES for line in _of_size(rows, ROUNDS)]


def check_million() -> list[Line]:
    """A million rows: 160 MB of CSV, 240 MB of JSONL."""
    return list(_of_size(MILLION, 1))


def _of_size(rows: int, rounds: int) -> Iterator[Line]:
    for kind, write in WRITERS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"rows.{kind}"
            write(path, rows)
            names = ["ours", *PEERS]
            found: dict[str, list[Reading]] = {name: [] for name in names}
            for _ in range(rounds):
                for name in names:
                    found[name].append(_read(name, path, rows))
        yield from _lines(f"check_{kind}_{rows}", rows, found)


def _lines(name: str, rows: int, found: dict[str, list[Reading]]) -> Iterator[Line]:
    seconds = {who: _median(r.seconds for r in all_) for who, all_ in found.items()}
    room = {who: _median(r.megabytes for r in all_) for who, all_ in found.items()}
    most = MOST_SECONDS[rows]
    for peer, title in PEERS.items():
        yield Line(
            f"{name}_{peer}",
            rows / seconds["ours"],
            "rows/s",
            title,
            rows / seconds[peer],
            f"{rows:,} rows in less than {most} s",
            seconds["ours"] < most,
        )
        yield Line(
            f"{name}_{peer}_memory",
            room["ours"],
            "MB",
            title,
            room[peer],
            f"less than {MOST_MEGABYTES} MB",
            room["ours"] < MOST_MEGABYTES,
        )


def _median(values: Iterator[float]) -> float:
    return statistics.median(values)


def _read(name: str, path: Path, rows: int) -> Reading:
    command = [sys.executable, "-m", "benchmarks.checking_child", name, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    if found["rows"] != rows:
        raise ValueError(f"{name} read {found['rows']} of {rows} rows")
    return Reading(found["seconds"], found["megabytes"], found["rows"])


# --- the files: synthetic, the same at every run, no text twice ------------------

_STARTS = ("ca", "lu", "mo", "pe", "ri", "sa", "ta", "vi", "do", "fe")
_ENDS = ("ña", "lón", "mar", "nés", "rio", "sol", "tas", "ves", "zo", "bra")
_WORDS = [start + end for start in _STARTS for end in _ENDS]
_NAMES_ORDER = 10  # one row in so many has a number that could be a phone


def _question(number: int) -> str:
    shop, street, product = (_WORDS[number // step % 100] for step in (10_000, 100, 1))
    order = f" del pedido {number:07}" if number % _NAMES_ORDER == 0 else ""
    return f"¿Cuánto tarda «{product}»{order} en llegar de {shop} a la calle {street}?"


def _answer(number: int) -> str:
    days, store = number % 9 + 1, _WORDS[number % 97]
    return (
        f"Tarda {days} días desde que sale del almacén de {store}; avisamos por correo."
    )


def _write_csv(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write("pregunta,respuesta\n")
        for number in range(rows):
            stream.write(f'"{_question(number)}","{_answer(number)}"\n')


def _write_jsonl(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for number in range(rows):
            turns = (("user", _question(number)), ("assistant", _answer(number)))
            messages = [{"role": role, "content": text} for role, text in turns]
            json.dump({"messages": messages}, stream, ensure_ascii=False)
            stream.write("\n")


WRITERS: dict[str, Callable[[Path, int], None]] = {
    "csv": _write_csv,
    "jsonl": _write_jsonl,
}
