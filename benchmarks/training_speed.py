"""Train a few steps and print tokens per second: ``… ours`` or ``… peft``."""

import random
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import torch
import transformers

from ftcore.settings import load_settings
from ftcore.training.learners import make_learner
from ftcore.training.lora import LoraLoop, StepReport
from ftcore.training.packing import TokenSequence

TOKENS, ANSWER, BATCH, EXAMPLES, EPOCHS = 150, 40, 4, 16, 2
RANK = 16


def sequences() -> list[TokenSequence]:
    """Return conversations of equal length that share nothing."""
    rng = random.Random(0)
    return [
        TokenSequence(
            tuple(rng.randrange(100, 40_000) for _ in range(TOKENS)), TOKENS - ANSWER
        )
        for _ in range(EXAMPLES)
    ]


def ours(folder: str) -> list[float]:
    """Return the time of each step of our loop."""
    learner = make_learner(Path(folder), RANK, 0, TOKENS)
    ends: list[float] = []

    def on_step(_report: StepReport) -> None:
        ends.append(time.perf_counter())

    loop = LoraLoop(learner, 1e-3, BATCH, 0, on_step, lambda: False)
    loop.run([sequences()] * EPOCHS)
    return ends


def peft(folder: str) -> list[float]:
    """Return the time of each step of a plain loop with peft's own defaults."""
    from peft import LoraConfig, get_peft_model  # noqa: PLC0415

    base = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.bfloat16
    )
    config = LoraConfig(
        r=RANK, lora_alpha=2 * RANK, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    model = get_peft_model(base, config)
    learnt = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learnt, lr=1e-3)
    ends: list[float] = []
    data = sequences()
    for _ in range(EPOCHS):
        for start in range(0, len(data), BATCH):
            batch = data[start : start + BATCH]
            ids = torch.tensor([s.ids for s in batch])
            labels = ids.clone()
            labels[:, : TOKENS - ANSWER] = -100
            model(input_ids=ids, labels=labels).loss.backward()
            optimiser.step()
            optimiser.zero_grad()
            ends.append(time.perf_counter())
    return ends


KINDS: dict[str, Callable[[str], list[float]]] = {"ours": ours, "peft": peft}


def main() -> None:
    """Run one kind and print its median speed; the first steps warm up."""
    name = "smollm2-135m-instruct"
    ends = KINDS[sys.argv[1]](str(load_settings().models_dir / name / "hf"))
    times = sorted(b - a for a, b in pairwise(ends))
    print(round(BATCH * TOKENS / times[len(times) // 2], 1))


if __name__ == "__main__":
    main()
