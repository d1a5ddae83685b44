"""Remember what the layers without an adapter made of a conversation."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ftcore.training.packing import Pack, TokenSequence

LIMIT_BYTES = 400_000_000  # about 170,000 tokens of 576 float32 numbers


class FrozenStates:
    """States of conversations below the lowest adapter; they never change.

    What a token's state is depends on the tokens before it alone, so it is the same
    in every pack. Beyond the limit nothing more is kept: conversations come round in
    turns, and dropping the oldest would drop just the one that is needed next.

    Args:
        limit: Bytes to keep at most.
    """

    def __init__(self, limit: int = LIMIT_BYTES) -> None:
        self._limit = limit
        self._bytes = 0
        self._known: dict[tuple[int, ...], Tensor] = {}

    def missing(self, sequences: Sequence[TokenSequence]) -> list[TokenSequence]:
        """Return the conversations that are not known, each once."""
        return list({s.ids: s for s in sequences if s.ids not in self._known}.values())

    def keep(
        self, sequences: Sequence[TokenSequence], packed: Pack, states: Tensor
    ) -> dict[tuple[int, ...], Tensor]:
        """Remember the states of a pack, as far as there is room.

        Args:
            sequences: The conversations of the pack, in its order.
            packed: The pack.
            states: Shape ``(length, hidden)``.

        Returns:
            The states of each of them, room or not.
        """
        opening = states[: packed.opening]
        found = {}
        for sequence, (start, length) in zip(sequences, packed.spans, strict=True):
            own = torch.cat((opening, states[start : start + length]))
            found[sequence.ids] = own
            size = own.numel() * own.element_size()
            if self._bytes + size <= self._limit:
                self._bytes += size
                self._known[sequence.ids] = own
        return found

    def gather(
        self,
        sequences: Sequence[TokenSequence],
        packed: Pack,
        fresh: dict[tuple[int, ...], Tensor],
    ) -> Tensor:
        """Return the states of a pack, ``(length, hidden)``.

        Args:
            sequences: The conversations of the pack, in its order.
            packed: The pack.
            fresh: States that were just computed.
        """

        def states(sequence: TokenSequence) -> Tensor:
            found = self._known.get(sequence.ids)
            return fresh[sequence.ids] if found is None else found

        parts = [states(sequences[0])[: packed.opening]]
        parts += [states(sequence)[packed.opening :] for sequence in sequences]
        return torch.cat(parts)
