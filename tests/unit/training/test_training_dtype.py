"""The number type is the one that this processor multiplies faster."""

import pytest
import torch

from ftcore.training import learners
from ftcore.training.learners import WORTH_CHANGING, bfloat16_gain, fastest_dtype

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("has_avx512", "has_amx", "gain", "expected"),
    [
        (True, False, 0.55, torch.float32),  # a Xeon whose AMX is hidden
        (True, False, WORTH_CHANGING, torch.bfloat16),
        (True, True, 6.0, torch.bfloat16),
        (False, True, 3.0, torch.bfloat16),
        (True, True, 1.05, torch.float32),  # too little to give up precision for
        (False, False, 9.0, torch.float32),  # without instructions it is not tried
    ],
)
def test_bfloat16_is_taken_where_it_is_there_and_faster(
    monkeypatch: pytest.MonkeyPatch,
    has_avx512: bool,
    has_amx: bool,
    gain: float,
    expected: torch.dtype,
) -> None:
    tried: list[float] = []

    def measured() -> float:
        tried.append(gain)
        return gain

    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: has_avx512)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: has_amx)
    monkeypatch.setattr(learners, "bfloat16_gain", measured)
    assert fastest_dtype(CPU) is expected
    assert len(tried) == (has_avx512 or has_amx)


def test_a_torch_without_those_probes_trains_in_float32(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(torch.cpu, "_is_avx512_bf16_supported", raising=False)
    monkeypatch.delattr(torch.cpu, "_is_amx_tile_supported", raising=False)
    assert fastest_dtype(CPU) is torch.float32


def test_trying_both_leaves_the_seed_alone_and_is_done_once() -> None:
    bfloat16_gain.cache_clear()
    torch.manual_seed(7)
    before = torch.get_rng_state()
    gain = bfloat16_gain()
    assert gain > 0
    assert torch.equal(torch.get_rng_state(), before)
    assert bfloat16_gain() == gain
    assert bfloat16_gain.cache_info().misses == 1
