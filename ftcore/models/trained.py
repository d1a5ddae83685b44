"""What a trained model's folder holds, apart from its weights."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from ftcore.data.examples import Example, Message, Role, Task
from ftcore.data.splitting import SplitMethod
from ftcore.errors import NotATrainedModelError

MANIFEST = "model.json"
EXAMPLES = "examples.jsonl"
TEST = "test.jsonl"
INDEX = "index.npz"
ADAPTER_GGUF = "adapter.gguf"
ADAPTER_FOLDER = "adapter"
CLASSIFIER = "classifier.npz"
ENCODER = "encoder.safetensors"
EVALUATION = "evaluation.json"


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """The manifest of a model folder.

    Attributes:
        model_id: Identifier of this model.
        title: Name of the project that it belongs to.
        task: What it does.
        base_model: Name in the catalogue.
        config: The training configuration, as plain values.
        system_prompt: Instruction that opens every conversation; may be empty.
        refusal: What it says when no example is near enough; empty: it never refuses.
        labels: The classes, alphabetical; empty unless it classifies.
        dataset_name: Name of the participant's dataset.
        dataset_fingerprint: SHA-256 of the dataset.
        examples: Examples in all.
        train_examples: Examples that trained the weights.
        test_examples: Held-out examples.
        steps: Optimiser steps done.
        seconds: Wall time of the training, in seconds.
        train_loss: Mean loss of the epoch that was kept, in nats per token; 0 for a
            head.
        eval_loss: Loss on the held-out answers after it, if measured.
        use_nearest: Whether the nearest example goes into the prompt.
        similarity_threshold: Likeness below which nothing is near enough (see
            ``ExampleIndex.scores``).
        embedder: Name of the vector space of the index.
        created_at: ISO 8601 time, UTC.
        dataset_version: Number of the version of the participant's examples that
            trained it; 0 if it was not counted.
        split: How the test was found (a ``SplitMethod``); empty in old folders.
        kept_epoch: The pass whose weights were kept, from 1; 0 if it has none.
        stopped: Why the training ended before its last pass (a ``StopReason``), or
            empty.
    """

    model_id: str
    title: str
    task: Task
    base_model: str
    config: dict[str, object]
    system_prompt: str
    refusal: str
    labels: tuple[str, ...]
    dataset_name: str
    dataset_fingerprint: str
    examples: int
    train_examples: int
    test_examples: int
    steps: int
    seconds: float
    train_loss: float
    eval_loss: float | None
    use_nearest: bool
    similarity_threshold: float
    embedder: str
    created_at: str
    dataset_version: int = 0
    split: str = ""
    kept_epoch: int = 0
    stopped: str = ""

    @property
    def is_one_by_one(self) -> bool:
        """Whether each question is asked of a head that was trained without it."""
        return self.split == SplitMethod.LEAVE_ONE_OUT

    def save(self, folder: Path) -> None:
        """Write the manifest; last of all files, so that it marks a whole model."""
        content = json.dumps(asdict(self), ensure_ascii=False, indent=2)
        (folder / MANIFEST).write_text(content + "\n", encoding="utf-8")


def load_trained(folder: Path) -> TrainedModel:
    """Read the manifest of a model folder.

    Raises:
        NotATrainedModelError: The folder has none that can be read.
    """
    try:
        values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        values["task"] = Task(values["task"])
        values["labels"] = tuple(values["labels"])
        return TrainedModel(**values)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotATrainedModelError(path=str(folder)) from error


@dataclass(frozen=True, slots=True)
class StoredExample:
    """An example of a trained model, and whether it was kept from the training."""

    example: Example
    held_out: bool


def save_examples(path: Path, examples: list[StoredExample]) -> None:
    """Write one JSON line for each example, in order."""
    lines = [
        json.dumps(
            {
                "messages": [m.to_json() for m in stored.example.messages],
                "held_out": stored.held_out,
            },
            ensure_ascii=False,
        )
        for stored in examples
    ]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def load_examples(path: Path) -> list[StoredExample]:
    """Read what :func:`save_examples` wrote; an absent file holds no examples."""
    if not path.is_file():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line:
            row = json.loads(line)
            messages = tuple(
                Message(Role(m["role"]), m["content"]) for m in row["messages"]
            )
            found.append(StoredExample(Example(messages), bool(row["held_out"])))
    return found


def held_out_examples(folder: Path) -> tuple[Example, ...]:
    """Return the examples to evaluate a model with: its own test set, or its split."""
    given = load_examples(folder / TEST)
    stored = given or load_examples(folder / EXAMPLES)
    return tuple(entry.example for entry in stored if entry.held_out)
