"""A small training in a process of its own, to be killed: FOLDER CHECKPOINTS OUT."""

import random
import sys
import time
from pathlib import Path

import torch
from safetensors.torch import save_file

from ftcore.training.checkpoint import Checkpoints
from ftcore.training.learners import make_learner
from ftcore.training.lora import LoraLoop, StepReport
from ftcore.training.packing import TokenSequence

VOCABULARY = 120
EPOCHS, SIZE, BATCH = 12, 6, 2


def main(model: Path, kept: Path, out: Path, pause: float) -> None:
    torch.set_num_threads(1)
    rng = random.Random(3)
    batch = []
    for _ in range(SIZE):
        ids = tuple(rng.randrange(VOCABULARY) for _ in range(rng.randrange(6, 14)))
        batch.append(TokenSequence(ids, len(ids) // 2))

    def on_step(report: StepReport) -> None:
        sys.stdout.write(f"{report.step} {report.loss}\n")
        sys.stdout.flush()
        time.sleep(pause)  # so that it can be killed between any two steps

    learner = make_learner(model, 2, 0, 14)
    loop = LoraLoop(
        learner,
        2e-2,
        BATCH,
        0,
        on_step,
        lambda: False,
        checkpoints=Checkpoints(kept, "same", lambda: 0.0),
    )
    loop.run([batch] * EPOCHS, batch[:2])
    save_file({"master": learner.master.detach()}, out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]))
