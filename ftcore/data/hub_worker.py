"""Print rows of a dataset of the Hub, in a process of its own.

The library retries for half a minute without network and cannot be interrupted; a
process can. Run as a script from an empty folder, so that no id is a local path:
every line of standard output is a row, and the last one says how it ended (see
:func:`main`).
"""

import json
import os
import socket
import sys
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

_CONNECT_SECONDS = 5.0
_MOST_BYTES = 50_000_000
_MEDIA = ("Audio", "Image", "Video", "Pdf", "Array2D", "Array3D", "Nifti")
_MAIN_SPLIT = "train"


def is_reachable(address: str) -> bool:
    """Whether somebody answers at an address; always so behind a proxy."""
    if getproxies():
        return True
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname or "", port), _CONNECT_SECONDS):
            return True
    except OSError:
        return False


def rows_of(dataset_id: str, config: str | None, split: str | None) -> Iterator[str]:
    """Yield the rows as JSON objects, with class numbers as their names.

    Args:
        dataset_id: Id on the Hub.
        config: Name of the configuration; the first one unless given.
        split: Name of the split; ``train`` or the first one unless given.
    """
    import datasets  # noqa: PLC0415 - takes seconds; only this process pays for it

    if config is None:
        names = datasets.get_dataset_config_names(dataset_id, token=False)
        config = "default" if "default" in names else names[0]
    found = datasets.load_dataset(dataset_id, config, streaming=True, token=False)
    name = split or (_MAIN_SPLIT if _MAIN_SPLIT in found else next(iter(found)))
    rows: Any = found[name]
    features = dict(rows.features or {})
    media = [n for n, kind in features.items() if type(kind).__name__ in _MEDIA]
    classes = {n: kind for n, kind in features.items() if hasattr(kind, "int2str")}
    for row in rows.remove_columns(media) if media else rows:
        yield json.dumps(_named(row, classes), ensure_ascii=False, default=str)


def _named(row: dict[str, Any], classes: dict[str, Any]) -> dict[str, Any]:
    named = dict(row)
    for name, kind in classes.items():
        value = row.get(name)
        if isinstance(value, int) and value >= 0:  # -1 stands for no class
            named[name] = kind.int2str(value)
    return named


def _print(rows: Iterable[str], most: int) -> None:
    size = 0
    for number, row in enumerate(rows):
        size += len(row)
        if number >= most or size > _MOST_BYTES:
            return
        sys.stdout.write(row + "\n")


def _reason(error: Exception) -> str:
    """Return the reason's code; nothing if only the library's sentence says it."""
    name, text = type(error).__name__, str(error)
    if isinstance(error.__cause__, StopIteration):
        return "end"  # how the library says that a file is empty
    if "gated" in text.lower():
        return "gated"
    if isinstance(error, ConnectionError) or "Offline" in name:
        return "unreachable"
    return (
        "missing" if name in {"DatasetNotFoundError", "RepositoryNotFoundError"} else ""
    )


def main(dataset_id: str, config: str, split: str, most: int) -> None:
    """Print at most so many rows, and then ``"end"`` or the reason of a failure.

    The reasons are ``"unreachable"``, ``"missing"``, ``"gated"``, and otherwise the
    library's own sentence.
    """
    reason = "end"
    if not is_reachable(os.environ.get("HF_ENDPOINT") or "https://huggingface.co"):
        reason = "unreachable"
    else:
        try:
            _print(rows_of(dataset_id, config or None, split or None), most)
        except Exception as error:  # noqa: BLE001 - any failure of theirs is told
            reason = _reason(error) or f"{type(error).__name__}: {error}"[:300]
    sys.stdout.write(json.dumps(reason) + "\n")
    sys.stdout.flush()
    os._exit(0)  # the library's threads would keep the process


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
