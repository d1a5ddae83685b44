"""Packing lays conversations end to end without letting them see each other."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from ftcore.training.packing import (
    TokenSequence,
    pack,
    packed_length,
    shared_opening,
)


@st.composite
def sequences(draw: st.DrawFn) -> TokenSequence:
    opening = draw(st.integers(0, 4))
    prompt = [7] * opening + draw(st.lists(st.integers(0, 9), min_size=1, max_size=6))
    answer = draw(st.lists(st.integers(10, 19), min_size=1, max_size=5))
    return TokenSequence((*prompt, *answer), len(prompt))


@given(st.lists(sequences(), min_size=1, max_size=5))
def test_targets_are_exactly_the_answers(batch: list[TokenSequence]) -> None:
    packed = pack(batch)
    answers = [i for s in batch for i in s.ids[s.prompt_tokens :]]
    assert packed.targets.tolist() == answers
    assert packed.ids.shape == packed.positions.shape == (packed_length(batch),)
    ids = packed.ids.tolist()
    expected = [i for s in batch for i in s.ids[s.prompt_tokens - 1 : -1]]
    assert [ids[place] for place in packed.sources.tolist()] == expected


@given(st.lists(sequences(), min_size=1, max_size=5))
def test_every_token_sees_its_own_past_and_nothing_else(
    batch: list[TokenSequence],
) -> None:
    packed = pack(batch)
    visible = packed.mask(torch.float32) == 0
    ids = packed.ids
    shared = shared_opening(batch)
    row = shared
    for sequence in batch:
        for place in range(shared, len(sequence)):
            seen = ids[visible[row]].tolist()
            assert seen == list(sequence.ids[: place + 1])
            assert packed.positions[row] == place
            row += 1


def test_the_shared_opening_never_takes_the_last_prompt_token() -> None:
    same = TokenSequence((1, 2, 3, 4), prompt_tokens=3)
    assert shared_opening([same, same]) == 2
