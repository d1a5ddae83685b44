"""Both learners compute the same loss and the same gradient, and save the same way."""

import random
from pathlib import Path

import pytest
import torch
import transformers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from ftcore.training.export import ADAPTER_WEIGHTS
from ftcore.training.learner import Learner
from ftcore.training.learners import make_learner
from ftcore.training.llama_base import load_base
from ftcore.training.llama_learner import LlamaLearner
from ftcore.training.llama_shape import read_shape
from ftcore.training.lora import LoraLoop, StepReport, mean_loss
from ftcore.training.packing import TokenSequence
from ftcore.training.peft_learner import PeftLearner

pytestmark = [
    pytest.mark.slow,
    # PEFT asks transformers for an attribute by its old name.
    pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning"),
]

VOCABULARY = 200
RANK = 4


@pytest.fixture(scope="module", params=["tied", "untied", "one_group"])
def folder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A tiny llama with weights large enough to be told apart."""
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=48,
        intermediate_size=80,
        num_hidden_layers=3,
        num_attention_heads=6,
        num_key_value_heads=1 if request.param == "one_group" else 2,
        tie_word_embeddings=request.param != "untied",
        initializer_range=0.15,
    )
    path = tmp_path_factory.mktemp("llama")
    transformers.LlamaForCausalLM(config).save_pretrained(path)
    return path


def conversations(count: int, opening: int, seed: int) -> list[TokenSequence]:
    rng = random.Random(seed)
    shared = [rng.randrange(VOCABULARY) for _ in range(opening)]
    found = []
    for _ in range(count):
        own = [rng.randrange(VOCABULARY) for _ in range(rng.randrange(2, 30))]
        answer = [rng.randrange(VOCABULARY) for _ in range(rng.randrange(1, 12))]
        ids = (*shared, *own, *answer)
        found.append(TokenSequence(ids, len(shared) + len(own)))
    return found


def saved(learner: Learner, folder: Path) -> dict[str, torch.Tensor]:
    learner.save(folder, "tiny")
    return load_file(folder / ADAPTER_WEIGHTS)


def fast(folder: Path, adapted: int | None = None) -> LlamaLearner:
    shape = read_shape(folder)
    assert shape is not None
    base = load_base(folder, shape, torch.float32, torch.device("cpu"))
    return LlamaLearner(base, RANK, 0, adapted)


def the_same_in_peft(
    learner: LlamaLearner, folder: Path, where: Path
) -> tuple[PeftLearner, dict[str, torch.nn.Parameter]]:
    """Return PEFT's learner with the weights of ours, and its weights by name."""
    other = PeftLearner(folder, RANK, 0, torch.float32)
    ours = saved(learner, where)
    named = {
        name.replace(".default", ""): parameter
        for name, parameter in other._model.named_parameters()
        if parameter.requires_grad
    }
    assert set(ours) <= set(named)  # below ours PEFT's are as they start: zero
    for name, matrix in ours.items():
        named[name].data.copy_(matrix)
    other.master.data.copy_(other._weights._working)
    return other, named


def disturb(learner: LlamaLearner) -> None:
    """Give B some weights: at zero, half of the gradient would be zero too."""
    noise = torch.Generator().manual_seed(1)
    inside = learner._adapter._factor != 0
    with torch.no_grad():
        learner.master.add_(0.05 * torch.randn(inside.shape, generator=noise) * inside)
    learner.publish()


@pytest.mark.parametrize(
    ("count", "opening", "adapted"),
    [(1, 0, None), (5, 0, None), (5, 6, None), (9, 1, None), (5, 6, 2), (4, 0, 1)],
)
def test_loss_and_gradient_are_those_of_peft(
    folder: Path, tmp_path: Path, count: int, opening: int, adapted: int | None
) -> None:
    ours = fast(folder, adapted)
    disturb(ours)
    theirs, named = the_same_in_peft(ours, folder, tmp_path)
    batch = conversations(count, opening, seed=count)
    known = ours.loss(batch[: count // 2 + 1])  # the rest meets it in the cache
    assert known == pytest.approx(theirs.loss(batch[: count // 2 + 1]), rel=1e-5)
    assert ours.loss(batch) == pytest.approx(theirs.loss(batch), rel=1e-5)
    loss = ours.learn(batch, 40)
    assert loss == pytest.approx(theirs.learn(batch, 40), rel=1e-5)
    ours.settle_gradient()
    theirs.settle_gradient()
    ours.master.data.copy_(ours.master.grad)
    gradient = saved(ours, tmp_path)
    expected = dict(
        zip(
            named,
            (part for _, part in theirs._weights._parts(theirs.master.grad)),
            strict=True,
        )
    )
    for name, found in gradient.items():
        torch.testing.assert_close(found, expected[name], rtol=1e-3, atol=1e-6)


def test_training_ends_where_peft_ends(folder: Path, tmp_path: Path) -> None:
    ours = fast(folder)
    disturb(ours)
    theirs, _ = the_same_in_peft(ours, folder, tmp_path)
    batch = conversations(6, 3, seed=7)
    losses: list[list[float]] = []
    for learner in (ours, theirs):
        reports: list[StepReport] = []
        loop = LoraLoop(learner, 1e-2, 3, 0, reports.append, lambda: False)
        loop.run([batch] * 4, batch[:2])
        losses.append([report.loss for report in reports])
    assert losses[0][-1] < 0.9 * losses[0][0]
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)
    assert mean_loss(ours, batch) == pytest.approx(mean_loss(theirs, batch), rel=1e-3)


def test_what_is_saved_is_what_peft_loads(folder: Path, tmp_path: Path) -> None:
    from peft import PeftModel

    ours = fast(folder)
    disturb(ours)
    batch = conversations(3, 0, seed=3)
    ours.save(tmp_path / "adapter", "tiny")
    base = transformers.AutoModelForCausalLM.from_pretrained(folder)
    model = PeftModel.from_pretrained(base, tmp_path / "adapter").eval()
    total = 0.0
    with torch.inference_mode():
        for one in batch:
            logs = model(input_ids=torch.tensor([one.ids])).logits[0].log_softmax(-1)
            learnt = range(one.prompt_tokens, len(one))
            total -= sum(float(logs[i - 1, one.ids[i]]) for i in learnt)
    assert ours.loss(batch) == pytest.approx(total, rel=1e-5)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.integers(1, 7), st.integers(0, 5), st.integers(0, 99))
def test_a_pack_gives_the_losses_of_its_conversations_apart(
    folder: Path, count: int, opening: int, seed: int
) -> None:
    learner = fast(folder)
    disturb(learner)
    batch = conversations(count, opening, seed)
    apart = sum(learner.loss([one]) for one in batch)
    assert learner.loss(batch) == pytest.approx(apart, rel=1e-5)


def save_qwen(folder: Path, layers: int) -> None:
    torch.manual_seed(0)
    config = transformers.Qwen2Config(
        vocab_size=VOCABULARY,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
    )
    transformers.Qwen2ForCausalLM(config).save_pretrained(folder)


def test_models_of_another_make_train_through_peft(tmp_path: Path) -> None:
    save_qwen(tmp_path, layers=2)
    assert read_shape(tmp_path) is None
    learner = make_learner(tmp_path, RANK, 0, 30)
    assert isinstance(learner, PeftLearner)
    batch = conversations(4, 2, seed=2)
    before = mean_loss(learner, batch)
    loop = LoraLoop(learner, 1e-2, 4, 0, lambda _: None, lambda: False)
    loop.run([batch] * 3)
    assert mean_loss(learner, batch) < before


def test_peft_adapts_only_the_top_layers_when_asked(tmp_path: Path) -> None:
    save_qwen(tmp_path, layers=3)
    learner = make_learner(tmp_path, RANK, 0, 30, adapted_layers=1)
    names = saved(learner, tmp_path / "adapter")
    assert names
    assert all(".layers.2." in name for name in names)


@pytest.mark.parametrize(
    "change",
    [
        {"attention_bias": True},
        {"hidden_act": "gelu"},
        {"rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 1e4}},
    ],
)
def test_a_llama_with_something_else_is_no_plain_llama(
    tmp_path: Path, change: dict[str, object]
) -> None:
    config = transformers.LlamaConfig(num_hidden_layers=1, **change)
    config.save_pretrained(tmp_path)
    assert read_shape(tmp_path) is None
