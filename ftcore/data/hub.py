"""Bring the rows of a dataset of the Hugging Face Hub, by its id."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from ftcore.errors import (
    HubDatasetEmptyError,
    HubDatasetGatedError,
    HubDatasetMissingError,
    HubDatasetUnreadableError,
    HubUnreachableError,
)

MOST_ROWS = 10_000
SECONDS = 90.0  # the library itself takes some seconds to start
_WORKER = Path(__file__).with_name("hub_worker.py")
_ADDRESS = re.compile(r"(?:https?://)?[^/]+/datasets/([^/?#]+/[^/?#]+|[^/?#]+)")
# Owner and name as the Hub allows them: letters, digits, hyphen, underscore, dot.
_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?", re.ASCII)


def load_hub_dataset(
    dataset_id: str,
    *,
    config: str | None = None,
    split: str | None = None,
    max_rows: int = MOST_ROWS,
    timeout: float = SECONDS,
) -> tuple[str, bytes]:
    """Fetch the first rows of a public dataset, and only those.

    Args:
        dataset_id: ``owner/name``, or the address of its page.
        config: Name of the configuration; the first one unless given.
        split: Name of the split; ``train`` or the first one unless given.
        max_rows: Most rows fetched.
        timeout: Seconds after which it is given up.

    Returns:
        A file name and JSONL in UTF-8, as
        :func:`ftcore.data.readers.read_dataset` takes them.

    Raises:
        HubDatasetMissingError: There is no public dataset of that id.
        HubDatasetGatedError: Its owner asks for a registration first.
        HubUnreachableError: There is no network, or no answer in time.
        HubDatasetEmptyError: It has no rows.
        HubDatasetUnreadableError: The library cannot read it.
    """
    name = _plain_id(dataset_id)
    if name is None:
        raise HubDatasetMissingError(name=dataset_id[:100])
    command = [sys.executable, "-P", str(_WORKER), name, config or "", split or ""]
    with tempfile.TemporaryDirectory() as empty:
        try:
            done = subprocess.run(  # noqa: S603 - our own script; the id is checked
                [*command, str(max_rows)],
                capture_output=True,
                check=False,
                stdin=subprocess.DEVNULL,
                timeout=timeout,
                cwd=empty,
            )
        except subprocess.TimeoutExpired as error:
            raise HubUnreachableError(name=name) from error
    rows, _, last = done.stdout.rstrip(b"\n").rpartition(b"\n")
    _raise_for(name, json.loads(last) if last.startswith(b'"') else "crash")
    if not rows.strip():
        raise HubDatasetEmptyError(name=name)
    return f"{name.rpartition('/')[2]}.jsonl", rows + b"\n"


def _plain_id(text: str) -> str | None:
    """Return the id in what was typed or pasted; ``None`` if it can be none."""
    address = _ADDRESS.match(text.strip())
    name = address.group(1) if address else text.strip().rstrip("/")
    is_id = _ID.fullmatch(name) is not None and ".." not in name
    return name if is_id else None


def _raise_for(name: str, reason: str) -> None:
    if reason == "end":
        return
    if reason == "unreachable":
        raise HubUnreachableError(name=name)
    if reason == "gated":
        raise HubDatasetGatedError(name=name)
    if reason == "missing":
        raise HubDatasetMissingError(name=name)
    raise HubDatasetUnreadableError(name=name, reason=reason)
