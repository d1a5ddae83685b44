"""Packing lays conversations end to end without letting them see each other."""

import pytest
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
    packed = pack(batch, torch.float32)
    answers = [i for s in batch for i in s.ids[s.prompt_tokens :]]
    assert packed.targets.tolist() == answers
    assert packed.ids.shape == packed.positions.shape == (1, packed_length(batch))
    ids = packed.ids[0].tolist()
    expected = [i for s in batch for i in s.ids[s.prompt_tokens - 1 : -1]]
    assert [ids[place] for place in packed.sources.tolist()] == expected


@given(st.lists(sequences(), min_size=1, max_size=5))
def test_every_token_sees_its_own_past_and_nothing_else(
    batch: list[TokenSequence],
) -> None:
    packed = pack(batch, torch.float32)
    visible = packed.mask[0, 0] == 0
    ids = packed.ids[0]
    shared = shared_opening(batch)
    row = shared
    for sequence in batch:
        for place in range(shared, len(sequence)):
            seen = ids[visible[row]].tolist()
            assert seen == list(sequence.ids[: place + 1])
            assert packed.positions[0, row] == place
            row += 1


def test_the_shared_opening_never_takes_the_last_prompt_token() -> None:
    same = TokenSequence((1, 2, 3, 4), prompt_tokens=3)
    assert shared_opening([same, same]) == 2


@pytest.mark.slow
def test_a_pack_gives_the_losses_of_its_conversations_apart() -> None:
    import transformers

    from ftcore.training.lora import summed_loss

    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=64,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        attn_implementation="eager",
    )
    model = transformers.AutoModelForCausalLM.from_config(config)
    batch = [
        TokenSequence((1, 2, 3, 10, 11, 12), 3),
        TokenSequence((1, 2, 4, 5, 20), 4),
        TokenSequence((1, 2, 9, 30, 31), 3),
    ]
    with torch.inference_mode():
        together = float(summed_loss(model, batch))
        apart = sum(float(summed_loss(model, [one])) for one in batch)
        plain = 0.0
        for one in batch:
            logits = model(input_ids=torch.tensor([one.ids])).logits[0]
            logs = logits.log_softmax(-1)
            plain -= sum(
                float(logs[i - 1, one.ids[i]])
                for i in range(one.prompt_tokens, len(one))
            )
    assert together == pytest.approx(apart, rel=1e-5)
    assert together == pytest.approx(plain, rel=1e-5)
