"""Put several conversations into one sequence without padding."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

PACK_TOKENS = 640  # longer packs are cut: attention scores grow with the square


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
        ids: Token ids, shape ``(length,)``.
        positions: Position of each token in its own conversation, ``(length,)``.
        sources: Places whose next token is learnt, shape ``(answers,)``.
        targets: Those next tokens, shape ``(answers,)``.
        opening: Tokens of the shared opening.
        spans: Start and length of each conversation's own part.
    """

    ids: Tensor
    positions: Tensor
    sources: Tensor
    targets: Tensor
    opening: int
    spans: tuple[tuple[int, int], ...]

    def mask(self, dtype: torch.dtype) -> Tensor:
        """Return what is added to attention scores, ``(length, length)``.

        It is 0 where a token may look (the shared opening and its own past), and the
        lowest number of ``dtype`` elsewhere.
        """
        owners = torch.zeros(len(self.ids), dtype=torch.int64)  # 0: the opening
        for owner, (start, length) in enumerate(self.spans, start=1):
            owners[start : start + length] = owner
        own_past = torch.ones(len(owners), len(owners), dtype=torch.bool).tril()
        visible = (owners[:, None] == owners[None]) | (owners[None] == 0)
        blocked = ~(visible & own_past)
        return torch.zeros(blocked.shape, dtype=dtype).masked_fill_(
            blocked, torch.finfo(dtype).min
        )


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


def pack(sequences: Sequence[TokenSequence]) -> Pack:
    """Lay at least one conversation end to end behind the opening that all share."""
    shared = shared_opening(sequences)
    ids = list(sequences[0].ids[:shared])
    positions = list(range(shared))
    spans: list[tuple[int, int]] = []
    sources: list[int] = []
    targets: list[int] = []
    for sequence in sequences:
        offset = len(ids) - shared
        spans.append((len(ids), len(sequence) - shared))
        ids += sequence.ids[shared:]
        positions += range(shared, len(sequence))
        sources += range(
            sequence.prompt_tokens - 1 + offset, len(sequence) - 1 + offset
        )
        targets += sequence.ids[sequence.prompt_tokens :]
    return Pack(
        torch.tensor(ids),
        torch.tensor(positions),
        torch.tensor(sources),
        torch.tensor(targets),
        shared,
        tuple(spans),
    )
