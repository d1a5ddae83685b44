"""``python -m benchmarks [NAME]``: measure, print a table, keep the results."""

import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.lines import LINES, Line

RESULTS = Path(__file__).with_name("results.json")
PACKAGES = ("torch", "transformers", "peft", "xllamacpp", "streamlit", "gradio")


def row(line: Line) -> dict[str, object]:
    """Return a line as the results file holds it, with where and when."""
    return {
        **asdict(line),
        "ratio": line.ratio,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in PACKAGES},
    }


def main(names: list[str]) -> int:
    """Measure the lines asked for (all by default) and keep the others' results."""
    unknown = [name for name in names if name not in LINES]
    if unknown:
        print(f"no such line: {', '.join(unknown)}; there are {', '.join(LINES)}")
        return 2
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else []
    found = {entry["name"]: entry for entry in kept}
    for name in names or LINES:
        line = LINES[name]()
        found[name] = row(line)
        beside = f" | {line.peer}: {line.peer_value:,.1f}" if line.peer_value else ""
        ratio = f" | {line.ratio:.2f}x" if line.ratio else ""
        mark = f"{line.goal}: {'met' if line.met else 'NOT met'}"
        print(f"{name}: {line.value:,.1f} {line.unit}{beside}{ratio} | {mark}")
    ordered = [found[name] for name in LINES if name in found]
    RESULTS.write_text(json.dumps(ordered, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
