"""Choose how llama.cpp is driven on this machine."""

import time
from collections.abc import Callable
from pathlib import Path

from ftcore.chat.lane import LaneSet
from ftcore.chat.native import load_native

Clock = Callable[[], float]


def open_native_lanes(
    model_path: Path,
    *,
    context: int,
    slots: int,
    clock: Clock = time.monotonic,
    opening_bytes: int = 0,
) -> LaneSet | None:
    """Return lanes that share weights and adapters; ``None`` if that cannot be.

    Raises:
        ChatFailedError: The engine does not take the model.
    """
    from ftcore.chat.native_lanes import NativeLanes  # noqa: PLC0415  (NumPy)

    native = load_native()
    if native is None:
        return None
    return NativeLanes(
        native,
        model_path,
        context=context,
        slots=slots,
        clock=clock,
        opening_bytes=opening_bytes,
    )


def open_server_lanes(
    model_path: Path,
    *,
    context: int,
    slots: int,
    clock: Clock = time.monotonic,  # noqa: ARG001  (nothing is dropped)
    opening_bytes: int = 0,  # noqa: ARG001  (nothing is kept)
) -> LaneSet:
    """Return lanes that are servers of their own."""
    from ftcore.chat.server_lane import ServerLanes  # noqa: PLC0415

    return ServerLanes(model_path, context=context, slots=slots)


def open_lanes(
    model_path: Path,
    *,
    context: int,
    slots: int,
    clock: Clock = time.monotonic,
    opening_bytes: int = 0,
) -> LaneSet:
    """Return the best lanes that this machine offers.

    Args:
        model_path: GGUF file of the base model.
        context: Tokens of one conversation, answer included.
        slots: How many lanes.
        clock: Seconds, rising.
        opening_bytes: That may be kept of what was read of prompts.

    Raises:
        ChatFailedError: The engine does not take the model.
    """
    native = open_native_lanes(
        model_path,
        context=context,
        slots=slots,
        clock=clock,
        opening_bytes=opening_bytes,
    )
    if native is not None:
        return native
    return open_server_lanes(model_path, context=context, slots=slots, clock=clock)
