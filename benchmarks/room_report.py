"""Say how a room went: where the time of each job went, and what others felt."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.room_probes import Samples

MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class RoomRun:
    """One room, measured.

    Attributes:
        participants: How many queued at once.
        seconds: From the first press to the last model's first answer.
        first_ready: The same for whoever was first.
        phases: By job, the seconds of each phase (by the clock, and of processor).
        samples: What the probes saw meanwhile.
        accuracy: Share of held-out questions that all models got right.
    """

    participants: int
    seconds: float
    first_ready: float
    phases: list[dict[str, dict[str, float]]]
    samples: Samples
    accuracy: float


def p95(values: Sequence[float]) -> float:
    """Return the 95 % quantile; 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))] if ordered else 0.0


def report(run: RoomRun) -> None:
    """Print where the time went: one JSON line a job, then one for the room.

    Phases are pairs: seconds by the clock, seconds of processor.
    """
    for number, phases in enumerate(run.phases):
        print(json.dumps({"job": number, **{n: _pair(p) for n, p in phases.items()}}))
    names = {name: None for phases in run.phases for name in phases}
    mean = {name: _pair(_mean(run.phases, name)) for name in names}
    samples = run.samples
    waits = {"tuned": samples.tuned, "cold": samples.cold, "base": samples.base}
    first_token = {
        who: {
            "n": len(found),
            "median": round(statistics.median(found or [0]), 3),
            "p95": round(p95(found), 3),
        }
        for who, found in {**waits, "page": samples.page}.items()
    }
    print(
        json.dumps(
            {
                "participants": run.participants,
                "seconds": round(run.seconds, 1),
                "first_ready": round(run.first_ready, 1),
                "mean_phases": mean,
                "accuracy": round(run.accuracy, 3),
                "latency": first_token,
                "server_mb": round(samples.server / MEGABYTE),
                "workers_mb": round(samples.workers / MEGABYTE),
                "failures": samples.failures[:5],
            }
        ),
        flush=True,
    )


def _pair(phase: dict[str, float]) -> list[float]:
    return [round(phase["seconds"], 1), round(phase["processor"], 1)]


def _mean(phases: list[dict[str, dict[str, float]]], name: str) -> dict[str, float]:
    found = [job[name] for job in phases if name in job]
    return {
        kind: sum(part[kind] for part in found) / len(phases)
        for kind in ("seconds", "processor")
    }


def growth_row(run: RoomRun) -> str:
    """Return a run as a row of the table in ``docs/benchmarks.md``."""
    samples = run.samples
    chat = [*samples.tuned, *samples.cold, *samples.base]
    cells = (
        run.participants,
        f"{run.first_ready:.0f} s",
        f"{run.seconds:.0f} s",
        f"{run.seconds / run.participants:.1f} s",
        f"{statistics.median(chat):.2f} / {p95(chat):.2f} s",
        f"{statistics.median(samples.page):.2f} / {p95(samples.page):.2f} s",
        f"{samples.server / MEGABYTE:,.0f} MB",
        f"{samples.workers / MEGABYTE:,.0f} MB",
    )
    return f"| {' | '.join(map(str, cells))} |"
