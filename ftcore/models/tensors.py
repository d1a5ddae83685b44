"""Read a safetensors file through the page cache, without copying it into memory."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Tensors = Mapping[str, npt.NDArray[Any]]

_TYPES = {"F32": np.float32, "F16": np.float16, "I64": np.int64, "I32": np.int32}
_LENGTH_BYTES = 8


def map_tensors(file: Path) -> Tensors:
    """Return the arrays of a safetensors file, mapped from the disk.

    Only the pages that are read take memory, and several processes share them. The
    format is eight bytes with the length of a JSON header, the header, and the data
    (https://huggingface.co/docs/safetensors).

    Args:
        file: Its numbers are of 16 or 32 bits, or whole numbers.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no safetensors file.
        KeyError: It holds numbers of another type.
    """
    with file.open("rb") as content:
        length = int.from_bytes(content.read(_LENGTH_BYTES), "little")
        if not 0 < length <= file.stat().st_size:
            raise ValueError(f"{file.name} has no safetensors header")
        header = json.loads(content.read(length))
    raw = np.memmap(file, dtype=np.uint8, mode="r", offset=_LENGTH_BYTES + length)
    return {
        name: _view(raw, entry)
        for name, entry in header.items()
        if name != "__metadata__"
    }


def _view(raw: npt.NDArray[np.uint8], entry: Mapping[str, Any]) -> npt.NDArray[Any]:
    start, end = entry["data_offsets"]
    kind = np.dtype(_TYPES[entry["dtype"]])
    # The header's length is not always a multiple of the number's size.
    return np.ndarray(entry["shape"], kind, raw[start:end].data)
