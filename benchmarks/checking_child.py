"""Read one file in one way and print seconds, megabytes and rows as JSON.

``python -m benchmarks.checking_child {ours|datasets|pandas} FILE``
"""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path


def ours(path: Path) -> Callable[[], int]:
    """Read, check and sample."""
    from ftcore.data.check import check_file  # noqa: PLC0415 - only this child needs it

    return lambda: check_file(path.name, path).rows


def pandas(path: Path) -> Callable[[], int]:
    """Read into a data frame, without any check."""
    import pandas as pd  # noqa: PLC0415 - only this child needs it

    if path.suffix == ".csv":
        return lambda: len(pd.read_csv(path))
    return lambda: len(pd.read_json(path, lines=True))


def datasets(path: Path) -> Callable[[], int]:
    """Read into an Arrow file, without any check and without an earlier cache."""
    os.environ["HF_DATASETS_OFFLINE"] = "1"
    import datasets as hub  # noqa: PLC0415 - only this child needs it

    hub.disable_progress_bars()
    kind = "csv" if path.suffix == ".csv" else "json"

    def read() -> int:
        with tempfile.TemporaryDirectory() as folder:
            loaded = hub.load_dataset(
                kind, data_files=str(path), cache_dir=folder, split="train"
            )
            return len(loaded)

    return read


READERS = {"ours": ours, "pandas": pandas, "datasets": datasets}


def main() -> None:
    """Time one reading in this fresh process; importing is not counted."""
    path = Path(sys.argv[2])
    read = READERS[sys.argv[1]](path)
    began = time.perf_counter()
    rows = read()
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": peak, "rows": rows}))


if __name__ == "__main__":
    main()
