"""Put several conversations into one sequence without padding."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class TokenSequence:
    """A conversation as token ids; what follows ``prompt_tokens`` is learnt."""

    ids: tuple[int, ...]
    prompt_tokens: int

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Pack:
    """Conversations laid end to end; the opening that they share is there once.

    Attributes:
        ids: Token ids, shape ``(1, length)``.
        positions: Position of each token in its own conversation, ``(1, length)``.
        mask: Added to attention scores, ``(1, 1, length, length)``: 0 where a token
            may look (shared opening and its own past), the lowest float elsewhere.
        sources: Places whose next token is learnt, shape ``(answers,)``.
        targets: Those next tokens, shape ``(answers,)``.
    """

    ids: Tensor
    positions: Tensor
    mask: Tensor
    sources: Tensor
    targets: Tensor


def shared_opening(sequences: Sequence[TokenSequence]) -> int:
    """Return how many prompt tokens all ``sequences`` begin with.

    One token less than the shortest prompt at most: the last one predicts the
    answer, so every conversation keeps its own.
    """
    limit = min(sequence.prompt_tokens for sequence in sequences) - 1
    first = sequences[0].ids
    for place in range(limit):
        if any(sequence.ids[place] != first[place] for sequence in sequences):
            return place
    return max(limit, 0)


def packed_length(sequences: Sequence[TokenSequence]) -> int:
    """Return the length of the pack that ``sequences`` would make, in tokens."""
    shared = shared_opening(sequences)
    return shared + sum(len(sequence) - shared for sequence in sequences)


def pack(sequences: Sequence[TokenSequence], dtype: torch.dtype) -> Pack:
    """Lay conversations end to end behind the opening that they share.

    Args:
        sequences: At least one conversation.
        dtype: Floating type of the mask, the one that the model computes in.
    """
    shared = shared_opening(sequences)
    ids = list(sequences[0].ids[:shared])
    positions = list(range(shared))
    owners = [0] * shared  # 0 is the shared opening, 1... the conversations
    sources: list[int] = []
    targets: list[int] = []
    for owner, sequence in enumerate(sequences, start=1):
        offset = len(ids) - shared
        ids += sequence.ids[shared:]
        positions += range(shared, len(sequence))
        owners += [owner] * (len(sequence) - shared)
        sources += range(
            sequence.prompt_tokens - 1 + offset, len(sequence) - 1 + offset
        )
        targets += sequence.ids[sequence.prompt_tokens :]
    return Pack(
        ids=torch.tensor([ids]),
        positions=torch.tensor([positions]),
        mask=_mask(torch.tensor(owners), dtype)[None, None],
        sources=torch.tensor(sources),
        targets=torch.tensor(targets),
    )


def _mask(owners: Tensor, dtype: torch.dtype) -> Tensor:
    own_past = torch.ones(len(owners), len(owners), dtype=torch.bool).tril()
    visible = (owners[:, None] == owners[None]) | (owners[None] == 0)
    blocked = ~(visible & own_past)
    return torch.zeros(blocked.shape, dtype=dtype).masked_fill_(
        blocked, torch.finfo(dtype).min
    )
