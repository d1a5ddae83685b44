"""One training by our loop or by TRL on the same conversations: ``… KIND [EXAMPLES]``.

Prints one JSON object. Kinds: ``ours``, ``trl`` (its real defaults), ``trl_plain``
(float32 without gradient checkpointing, its fastest on a processor without bfloat16).
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
import transformers

from ftcore.data.templates import load_template
from ftcore.models.base_tokenizer import BaseTokenizer, load_base_tokenizer
from ftcore.models.catalog import load_catalog
from ftcore.models.embeddings import default_embedder
from ftcore.models.retrieval import ExampleIndex, last_question
from ftcore.settings import load_settings
from ftcore.training.examples import ConversationEncoder, LessonPlan
from ftcore.training.learners import best_device, fastest_dtype, make_learner
from ftcore.training.lora import LoraLoop
from ftcore.training.packing import TokenSequence

NAME = "smollm2-135m-instruct"
RANK, EPOCHS, SEED = 16, 2, 42
OUR_LAYERS, OUR_RATE, OUR_BATCH = 10, 3e-3, 4  # the preset `balanced` of a chat
THEIR_RATE = 2e-3  # best of 1e-3, 2e-3 and 4e-3 with every layer adapted
EXAMPLES = 30
_FEW_STEPS = 1  # bfloat16 emulated or slow: a step of TRL's defaults takes minutes


@dataclass(frozen=True, slots=True)
class Run:
    """What one training did.

    Attributes:
        tokens: Tokens of the conversations it went through, repeats included.
        seconds: Wall time of the steps, without loading.
        train_loss: Mean loss of the last pass, in nats per token.
        held_out_loss: The same on conversations that never trained.
        exact: Share of the held-out answers that greedy decoding would reproduce
            word for word.
    """

    tokens: int
    seconds: float
    train_loss: float
    held_out_loss: float
    exact: float


@cache
def folder() -> str:
    """Return the prepared base model."""
    return str(load_settings().models_dir / NAME / "hf")


def _tokenizer() -> BaseTokenizer:
    base = load_catalog().find(NAME)
    tokenizer = load_base_tokenizer(base.require(load_settings().models_dir))
    if tokenizer is None:
        raise SystemExit("The base model has no tokenizer that is known.")
    return tokenizer


def _their_tokenizer() -> Any:
    """Return the tokenizer as TRL takes one; the prepared folder has none."""
    known = _tokenizer()
    end = known.vocabulary.id_to_token(known.end)
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=known.vocabulary, eos_token=end, pad_token=end
    )


def conversations(
    count: int = EXAMPLES, seed: int = SEED
) -> tuple[list[TokenSequence], list[TokenSequence]]:
    """Return lessons of the shop (then the estate agency), and held-out questions."""
    tokenizer = _tokenizer()
    lessons: list[TokenSequence] = []
    held_out: list[TokenSequence] = []
    for name in ("shop", "real_estate"):
        template = load_template(name)
        examples = template.dataset.examples[: count - len(lessons)]
        if not examples:
            break
        index = ExampleIndex.build(examples, default_embedder())
        encoder = ConversationEncoder(tokenizer, template.system_prompt)
        plan = LessonPlan(encoder, True, True, seed)
        lessons += plan.epochs(examples, 1)[0]
        answers = {example.target for example in examples}
        for example in template.test:
            near = index.nearest(last_question(example))[0].example
            if example.target in answers and near.target == example.target:
                held_out.append(encoder.encode(example, last_question(example), [near]))
    return lessons, held_out


def train_ours(
    lessons: Sequence[TokenSequence], held_out: Sequence[TokenSequence]
) -> Run:
    """Train with the product's loop, then look with transformers and PEFT."""
    from peft import PeftModel  # noqa: PLC0415

    longest = max(map(len, lessons))
    learner = make_learner(Path(folder()), RANK, SEED, longest, OUR_LAYERS)
    loop = LoraLoop(learner, OUR_RATE, OUR_BATCH, SEED, lambda _: None, lambda: False)
    began = time.perf_counter()
    outcome = loop.run([lessons] * EPOCHS)
    seconds = time.perf_counter() - began
    base = transformers.AutoModelForCausalLM.from_pretrained(
        folder(), dtype=fastest_dtype(best_device())
    )
    with tempfile.TemporaryDirectory() as where:
        learner.save(Path(where), NAME)
        model = PeftModel.from_pretrained(base, where)
        return _run(model, lessons, held_out, seconds, outcome.train_loss)


def train_trl(
    lessons: Sequence[TokenSequence],
    held_out: Sequence[TokenSequence],
    *,
    plain: bool,
    max_steps: int = -1,
) -> Run:
    """Train with TRL's `SFTTrainer`; what is not named here is its default."""
    from datasets import Dataset  # noqa: PLC0415
    from peft import LoraConfig  # noqa: PLC0415
    from trl import SFTConfig, SFTTrainer  # noqa: PLC0415

    rows = [
        {
            "input_ids": list(s.ids),
            "completion_mask": [int(at >= s.prompt_tokens) for at in range(len(s))],
        }
        for s in lessons
    ]
    words: dict[str, Any] = {"bf16": False, "gradient_checkpointing": False}
    words |= {"per_device_train_batch_size": OUR_BATCH}
    with tempfile.TemporaryDirectory() as where:
        config = SFTConfig(
            output_dir=where,
            report_to=[],
            save_strategy="no",
            disable_tqdm=True,
            use_cpu=not torch.cuda.is_available(),
            num_train_epochs=EPOCHS,
            max_steps=max_steps,
            learning_rate=THEIR_RATE,
            seed=SEED,
            logging_steps=1,
            **(words if plain else {}),
        )
        dtype = {"dtype": torch.float32} if plain else {}
        trainer = SFTTrainer(
            model=transformers.AutoModelForCausalLM.from_pretrained(folder(), **dtype),
            args=config,
            train_dataset=Dataset.from_list(rows),
            processing_class=_their_tokenizer(),
            peft_config=LoraConfig(
                r=RANK,
                lora_alpha=2 * RANK,
                target_modules="all-linear",
                task_type="CAUSAL_LM",
            ),
        )
        began = time.perf_counter()
        trainer.train()
        seconds = time.perf_counter() - began
    losses = [row["loss"] for row in trainer.state.log_history if "loss" in row]
    last = losses[-len(losses) // EPOCHS :] if max_steps < 0 else losses
    seen = lessons
    if max_steps > 0:  # the sampler chose which; on average they are as long as all
        share = max_steps * config.per_device_train_batch_size / len(lessons)
        seconds /= share * (1 / EPOCHS)
        return Run(_tokens(lessons), seconds, last[-1], float("nan"), float("nan"))
    return _run(trainer.model, seen, held_out, seconds, sum(last) / len(last))


def _tokens(lessons: Sequence[TokenSequence]) -> int:
    return EPOCHS * sum(map(len, lessons))


def _run(
    model: Any,
    lessons: Sequence[TokenSequence],
    held_out: Sequence[TokenSequence],
    seconds: float,
    train_loss: float,
) -> Run:
    """Look at the trained model: teacher-forced, so an exact answer is a greedy one."""
    model.eval()
    loss, answers, exact = 0.0, 0, 0
    with torch.inference_mode():
        for one in held_out:
            ids = torch.tensor([one.ids], device=model.device)
            logits = model(input_ids=ids).logits[0, one.prompt_tokens - 1 : -1].float()
            targets = ids[0, one.prompt_tokens :]
            loss += float(
                torch.nn.functional.cross_entropy(logits, targets, reduction="sum")
            )
            answers += len(targets)
            exact += bool((logits.argmax(-1) == targets).all())
    share = exact / len(held_out)
    return Run(_tokens(lessons), seconds, train_loss, loss / answers, share)


def _trl(count: int) -> Run:
    steps = -1 if fastest_dtype(best_device()) is torch.bfloat16 else _FEW_STEPS
    return train_trl(*conversations(count), plain=False, max_steps=steps)


KINDS: dict[str, Callable[[int], Run]] = {
    "ours": lambda count: train_ours(*conversations(count)),
    "trl": _trl,
    "trl_plain": lambda count: train_trl(*conversations(count), plain=True),
}


def main(kind: str, count: str = str(EXAMPLES)) -> None:
    """Train once and print what came of it."""
    print(json.dumps(asdict(KINDS[kind](int(count)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
