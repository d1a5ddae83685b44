"""Look at an adapter's file before llama.cpp does, which ends the process at some."""

from collections.abc import Iterator
from pathlib import Path

from ftcore.errors import ChatFailedError
from ftcore.models.gguf_header import Header, read_whole_header

_FLOAT32 = 6  # type of a value in GGUF
_FLOATS = frozenset({0, 1, 30})  # types of a tensor in GGML: F32, F16, BF16


def check_adapter(path: Path, architecture: str) -> None:
    """Accept a LoRA adapter for a model of ``architecture``.

    llama.cpp itself refuses what is cut short, has tensors of another shape or
    belongs to another model. It takes the kinds of values and tensors for granted,
    though, and aborts if they differ.

    Raises:
        ChatFailedError: It is none.
    """
    try:
        header = read_whole_header(path)
    except (OSError, ValueError) as error:
        raise ChatFailedError(reason=f"{path.name}: {error}") from error
    fault = next(_faults(header, architecture), None)
    if fault:
        raise ChatFailedError(reason=f"{path.name}: {fault}")


def _faults(header: Header, architecture: str) -> Iterator[str]:
    wanted = {
        "general.type": "adapter",
        "adapter.type": "lora",
        "general.architecture": architecture,
    }
    for key, value in wanted.items():
        if header.pairs.get(key) != value:
            yield f"{key} is not {value}"
    if header.kinds.get("adapter.lora.alpha") != _FLOAT32:
        yield "no adapter.lora.alpha"
    for tensor in header.tensors:
        if tensor.kind not in _FLOATS or len(tensor.shape) != 2:
            yield f"{tensor.name} is not a matrix of floats"
    if not header.tensors:
        yield "no tensors"
