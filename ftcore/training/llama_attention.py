"""Attention over a pack: each conversation looks at the opening and at itself.

Conversations of similar length are gathered into one rectangle, so that the scores
grow with the square of a conversation and not of the pack.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ftcore.training.llama_shape import LlamaShape

_SIMILAR = 1.25  # times the shortest of a rectangle, plus a few tokens
_FEW_TOKENS = 4


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Some conversations of a pack, padded to one length for attention only.

    Attributes:
        count: Conversations.
        queries: Tokens of the longest.
        keys: The same, plus the shared opening.
        take_queries: Places in the pack, ``(count · queries,)``; padding takes 0.
        take_keys: Places in the pack, ``(count · keys,)``.
        put: Places of the results; padding goes one beyond the pack.
        mask: Added to the scores, ``(queries, keys)``.
        real: 1 for tokens and 0 for padding, ``(count · queries, 1, 1)``; ``None`` if
            there is no padding.
    """

    count: int
    queries: int
    keys: int
    take_queries: Tensor
    take_keys: Tensor
    put: Tensor
    mask: Tensor
    real: Tensor | None

    def to(self, device: torch.device) -> "Rectangle":
        """Return the same, to be computed on ``device``."""
        return replace(
            self,
            take_queries=self.take_queries.to(device),
            take_keys=self.take_keys.to(device),
            put=self.put.to(device),
            mask=self.mask.to(device),
            real=None if self.real is None else self.real.to(device),
        )


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the way back needs of one rectangle."""

    queries: Tensor
    keys: Tensor
    values: Tensor
    weights: Tensor


def rectangles(
    spans: Sequence[tuple[int, int]],
    opening: int,
    length: int,
    dtype: torch.dtype,
    device: torch.device,
) -> list[Rectangle]:
    """Gather the conversations of a pack.

    Args:
        spans: Start and length of each conversation's own part.
        opening: Tokens that all share, at the start of the pack.
        length: Tokens of the pack.
        dtype: Type of the scores.
        device: Where they are computed.
    """
    groups: list[list[tuple[int, int]]] = []
    for span in sorted(spans, key=lambda span: span[1]):
        longest = _SIMILAR * groups[-1][0][1] + _FEW_TOKENS if groups else 0.0
        if groups and span[1] <= longest:
            groups[-1].append(span)
        else:
            groups.append([span])
    found = [_rectangle(group, opening, length, dtype).to(device) for group in groups]
    if opening:
        found.insert(0, _rectangle([(0, opening)], 0, length, dtype).to(device))
    return found


def _rectangle(
    spans: Sequence[tuple[int, int]], opening: int, length: int, dtype: torch.dtype
) -> Rectangle:
    starts, lengths = torch.tensor(spans).T[:, :, None]
    queries = int(lengths.max())
    place = torch.arange(queries)[None]
    is_real = place < lengths
    take = torch.where(is_real, starts + place, 0)
    shared = torch.arange(opening)[None].expand(len(spans), opening)
    mask = torch.zeros(queries, opening + queries)
    mask[:, opening:] = torch.full((queries, queries), -torch.inf).triu(1)
    whole = bool(is_real.all())
    return Rectangle(
        count=len(spans),
        queries=queries,
        keys=opening + queries,
        take_queries=take.flatten(),
        take_keys=torch.cat((shared, take), 1).flatten(),
        put=torch.where(is_real, starts + place, length).flatten(),
        mask=mask.to(dtype),
        real=None if whole else is_real.reshape(-1, 1, 1).to(dtype),
    )


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    parts: Sequence[Rectangle],
    shape: LlamaShape,
) -> tuple[Tensor, list[_Kept]]:
    """Return the attention's result, ``(length, heads · head_size)``.

    Args:
        query: ``(length, heads, head_size)``, rotated.
        key: ``(length, groups, head_size)``, rotated.
        value: ``(length, groups, head_size)``.
        parts: The pack's rectangles.
        shape: Sizes of the model.

    Returns:
        The result, and what :func:`attend_back` needs.
    """
    length = query.shape[0]
    out = query.new_zeros(length + 1, shape.heads, shape.head_size)
    kept = []
    for part in parts:
        q = _by_group(query, part.take_queries, part.count, shape)
        k = _by_group(key, part.take_keys, part.count, shape)
        v = _by_group(value, part.take_keys, part.count, shape)
        scores = torch.bmm(q, k.transpose(1, 2)).mul_(shape.head_size**-0.5)
        scores.view(-1, part.queries, part.keys).add_(part.mask)
        weights = torch.softmax(scores, -1)
        result = torch.bmm(weights, v)
        out.index_copy_(0, part.put, _by_token(result, part.queries, shape))
        kept.append(_Kept(q, k, v, weights))
    return out[:length].flatten(1), kept


def attend_back(
    gradient: Tensor,
    kept: Sequence[_Kept],
    parts: Sequence[Rectangle],
    shape: LlamaShape,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of query, key and value, in their shapes.

    Args:
        gradient: Of the result, ``(length, heads · head_size)``.
        kept: What :func:`attend` returned.
        parts: The pack's rectangles.
        shape: Sizes of the model.
    """
    length = gradient.shape[0]
    heads = gradient.view(length, shape.heads, shape.head_size)
    d_query = heads.new_zeros(length + 1, shape.heads, shape.head_size)
    d_key = heads.new_zeros(length, shape.groups, shape.head_size)
    d_value = torch.zeros_like(d_key)
    scale = shape.head_size**-0.5
    for part, old in zip(parts, kept, strict=True):
        d = _by_group(heads, part.take_queries, part.count, shape, part.real)
        dv = torch.bmm(old.weights.transpose(1, 2), d)
        d_weights = torch.bmm(d, old.values.transpose(1, 2))
        d_scores = torch._softmax_backward_data(
            d_weights, old.weights, -1, old.weights.dtype
        )
        dq = torch.bmm(d_scores, old.keys).mul_(scale)
        dk = torch.bmm(d_scores.transpose(1, 2), old.queries).mul_(scale)
        d_query.index_copy_(0, part.put, _by_token(dq, part.queries, shape))
        d_key.index_add_(0, part.take_keys, _by_token(dk, part.keys, shape))
        d_value.index_add_(0, part.take_keys, _by_token(dv, part.keys, shape))
    return d_query[:length], d_key, d_value


def _by_group(
    tokens: Tensor,
    places: Tensor,
    count: int,
    shape: LlamaShape,
    real: Tensor | None = None,
) -> Tensor:
    """Gather tokens as ``(count · groups, heads per group · tokens, head_size)``."""
    taken = tokens.index_select(0, places)
    if real is not None:
        taken = taken * real
    each = taken.shape[1] // shape.groups
    split = taken.view(count, -1, shape.groups, each, shape.head_size)
    return split.permute(0, 2, 3, 1, 4).reshape(
        count * shape.groups, -1, shape.head_size
    )


def _by_token(grouped: Tensor, tokens: int, shape: LlamaShape) -> Tensor:
    """Undo the order of :func:`_by_group`: ``(count · tokens, heads, head_size)``."""
    each = grouped.shape[1] // tokens
    split = grouped.view(-1, shape.groups, each, tokens, shape.head_size)
    return split.permute(0, 3, 1, 2, 4).reshape(
        -1, shape.groups * each, shape.head_size
    )
