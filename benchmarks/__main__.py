"""``python -m benchmarks [NAME]``: measure, print a table, keep the results."""

import json
import os
import platform
import signal
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.line import Line
from benchmarks.lines import LINES, ON_REQUEST, TOGETHER

RESULTS = Path(__file__).with_name("results.json")
PACKAGES = (
    "datasets",
    "pandas",
    "torch",
    "transformers",
    "peft",
    "xllamacpp",
    "streamlit",
    "gradio",
)


def row(line: Line) -> dict[str, object]:
    """Return a line as the results file holds it, with where and when."""
    return {
        **asdict(line),
        "ratio": line.ratio,
        "machine": _machine(),
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in PACKAGES},
    }


def _machine() -> str:
    from torch.backends.cpu import get_cpu_capability  # noqa: PLC0415  (seconds)

    return f"{platform.machine()} {get_cpu_capability()}, {os.cpu_count()} cores"


def main(names: list[str]) -> int:
    """Measure what is asked for (all but the longest by default), keep the rest."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started ends too
    names = list(dict.fromkeys(TOGETHER.get(name, name) for name in names))
    unknown = [name for name in names if name not in LINES]
    if unknown:
        print(f"no such line: {', '.join(unknown)}; there are {', '.join(LINES)}")
        return 2
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else []
    found = {entry["name"]: entry for entry in kept}
    for name in names or [name for name in LINES if name not in ON_REQUEST]:
        measured = LINES[name]()
        for line in [measured] if isinstance(measured, Line) else measured:
            found[line.name] = row(line)
            show(line)
        RESULTS.write_text(json.dumps(list(found.values()), indent=2) + "\n", "utf-8")
    return 0


def show(line: Line) -> None:
    """Print one line of the table."""
    beside = f" | {line.peer}: {line.peer_value:,.1f}" if line.peer_value else ""
    ratio = f" | {line.ratio:.4g}x" if line.ratio else ""
    mark = f"{line.goal}: {'met' if line.met else 'NOT met'}"
    print(f"{line.name}: {line.value:,.1f} {line.unit}{beside}{ratio} | {mark}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
