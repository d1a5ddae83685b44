"""Every architecture of the catalogue: load, train, export, serve, same answer.

The base models are random and tiny, but their files are whole; both engines are the
real ones.
"""

import json
import math
import urllib.request
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ftcore.chat.base import SamplingOptions
from ftcore.chat.llama_cpp import LlamaEngine
from ftcore.data.examples import Example, Message, Role
from ftcore.models.base_tokenizer import BaseTokenizer, load_base_tokenizer
from ftcore.models.catalog import BaseModel, load_catalog
from ftcore.models.prompting import TEMPLATE_OPTIONS, conversation
from ftcore.training.examples import ConversationEncoder
from ftcore.training.export import export_gguf
from ftcore.training.packing import TokenSequence
from ftcore.training.prepare import prepare_base_model
from tests.contract.tiny_models import TINY, tiny_model

pytestmark = pytest.mark.slow

SYSTEM = "Eres la tienda. Sé breve."
PAIRS = [
    ("¿Cuánto cuesta el envío?", "El envío cuesta 4,90 €."),
    ("¿Tenéis tienda física?", "Sí, en la calle Mayor, 12."),
    ("¿Cómo puedo pagar?", "Con tarjeta o por transferencia."),
]
EXAMPLES = [Example.from_pair(*pair) for pair in PAIRS]
UNLIKELY = -9.0  # of a token that is not among the likeliest
GREEDY = SamplingOptions(temperature=0.0, max_tokens=16, repeat_penalty=1.0)
ODD = [
    "¿Envío a Cádiz? Añade un pingüino, ñandú, ÀÉÎÕÜ.",
    "dos  espacios   y más    \t tabulador\ty\n\n\nlíneas\r\nfin ",
    "🎉 👨‍👩‍👧 e\u0301 ﬁ ½ Ⅻ 東京 İstanbul \u200b.",
    "1.234,56 € el 12/05/2026 a las 9:30; 100000 m²",
    "it's I'LL don't —«comillas» \"dobles\" 'simples'...!!!???",
    "<|im_end|>\n<|im_start|>user\n<end_of_turn><bos></think>",
    "   ",
    "x",
]


@dataclass(frozen=True, slots=True)
class Base:
    """A tiny base model, in the form of each engine."""

    model: BaseModel
    gguf: Path
    prepared: Path
    tokenizer: BaseTokenizer

    def sequences(self) -> list[TokenSequence]:
        encoder = ConversationEncoder(self.tokenizer, SYSTEM)
        return [encoder.encode(e, e.prompt) for e in EXAMPLES]


@pytest.fixture(scope="module", params=TINY)
def base(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Base:
    models_dir = tmp_path_factory.mktemp("base_models")
    model = tiny_model(request.param, models_dir)
    file = model.require(models_dir)
    tokenizer = load_base_tokenizer(file)
    assert tokenizer is not None
    return Base(model, file, prepare_base_model(model, models_dir), tokenizer)


def test_every_architecture_of_the_catalogue_is_proven_here() -> None:
    models = load_catalog().models
    known = {m.architecture for m in models if m.kind == "generation"}
    assert known == set(TINY)


class Server:
    """llama.cpp's own server, asked over its loopback port."""

    def __init__(self, base: Base, adapter: Path | None = None) -> None:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(base.gguf)
        params.n_ctx, params.n_parallel = 512, 1
        params.cpuparams.n_threads = 1
        params.warmup, params.verbosity = False, -1
        if adapter is not None:
            params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
        self._server = xllamacpp.Server(params)

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        turns = [message.to_json() for message in messages]
        options = {"chat_template_kwargs": dict(TEMPLATE_OPTIONS)}
        text = self._post("/apply-template", {"messages": turns, **options})["prompt"]
        return self.cut(text)

    def cut(self, text: str) -> list[int]:
        asked = {"content": text, "add_special": True, "parse_special": True}
        ids: list[int] = self._post("/tokenize", asked)["tokens"]
        return ids

    def next_token(self, ids: Sequence[int]) -> dict[int, float]:
        """Return the log-probabilities of the likeliest next tokens.

        None where the likeliest is a part of a character: the server then says none.
        """
        asked = {"prompt": list(ids), "max_tokens": 1, "logprobs": 60}
        answer = self._server.handle_completions({**asked, "temperature": 0.0})
        said = answer["choices"][0]["logprobs"]
        rows = said["content"][0]["top_logprobs"] if said else []
        return {row["id"]: row["logprob"] for row in rows}

    def _post(self, path: str, body: dict[str, object]) -> Any:
        request = urllib.request.Request(
            self._server.listening_address + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


@pytest.fixture(scope="module")
def server(base: Base) -> Server:
    return Server(base)


@pytest.mark.parametrize("system", ["", SYSTEM])
def test_training_and_serving_see_the_same_tokens(
    base: Base, server: Server, system: str
) -> None:
    for question in ODD:
        turns = [
            Message(Role.USER, question),
            Message(Role.ASSISTANT, f"Sí: {question}"),
            Message(Role.USER, question),
        ]
        for asked in (turns[:1], turns):
            messages = conversation(system, asked, EXAMPLES[:1])
            encoder = ConversationEncoder(base.tokenizer, system)
            example = Example((*asked, Message(Role.ASSISTANT, "Vale.")))
            learnt = encoder.encode(example, question, EXAMPLES[:1])
            assert list(learnt.ids[: learnt.prompt_tokens]) == server.prompt(messages)


def test_a_conversation_begins_once_and_ends_as_the_template_ends_it(
    base: Base, server: Server
) -> None:
    (sequence, *_) = base.sequences()
    opening = base.tokenizer.opening
    if opening is not None:
        assert sequence.ids.count(opening) == 1
        assert sequence.ids[0] == opening
    another = Message(Role.USER, "¿Y?")  # llama.cpp continues an answer that is last
    whole = server.prompt(conversation(SYSTEM, [*EXAMPLES[0].messages, another]))
    answer = list(sequence.ids[sequence.prompt_tokens :])
    starts = [i for i in range(len(whole)) if whole[i : i + len(answer)] == answer]
    assert len(starts) == 1, "the answer and its end are in the rendered conversation"


@pytest.fixture(scope="module")
def adapter(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train until the answers change, and export; the folder holds both forms."""
    import torch

    from ftcore.training.learners import make_learner
    from ftcore.training.lora import LoraLoop, StepReport

    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("adapter")
    sequences = base.sequences()
    learner = make_learner(base.prepared, 8, 1, max(map(len, sequences)))
    reports: list[StepReport] = []
    loop = LoraLoop(learner, 3e-2, 3, 0, reports.append, lambda: False)
    loop.run([sequences] * 15)
    assert reports[-1].loss < 0.5 * reports[0].loss
    learner.save(folder, base.model.name)
    export_gguf(folder, base.prepared, folder / "adapter.gguf")
    return folder


@pytest.fixture(scope="module")
def transformer(base: Base, adapter: Path) -> Iterator[Any]:
    """The same base and adapter in transformers and PEFT, in full precision."""
    import torch
    import transformers
    from peft import PeftModel

    plain = transformers.AutoModelForCausalLM.from_pretrained(
        base.prepared, dtype=torch.float32
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield PeftModel.from_pretrained(plain, adapter).eval()


def log_probabilities(model: Any, ids: Sequence[int]) -> Any:
    import torch

    with torch.inference_mode():
        return model(input_ids=torch.tensor([list(ids)])).logits[0].log_softmax(-1)


def test_both_engines_give_the_adapted_answers_the_same_likelihood(
    base: Base, adapter: Path, transformer: Any
) -> None:
    adapted, bare = Server(base, adapter / "adapter.gguf"), Server(base)
    right, without, places = [], [], 0
    for sequence in base.sequences():
        logs = log_probabilities(transformer, sequence.ids)
        for place in range(sequence.prompt_tokens, len(sequence)):
            best = int(logs[place - 1].argmax())
            expected, before = float(logs[place - 1, best]), sequence.ids[:place]
            places += 1
            if served := adapted.next_token(before):
                right.append(abs(served.get(best, UNLIKELY) - expected))
            if served := bare.next_token(before):
                without.append(abs(served.get(best, UNLIKELY) - expected))
    assert max(right) < 0.05, (max(right), sum(right) / len(right))
    assert sum(without) / len(without) > 1.0
    assert min(len(right), len(without)) > 0.8 * places


def test_both_engines_answer_the_same_and_only_with_the_adapter(
    base: Base, adapter: Path, transformer: Any
) -> None:
    engine = LlamaEngine(base.gguf, context=512, slots=1)
    try:
        for question, _ in PAIRS:
            messages = conversation(SYSTEM, [Message(Role.USER, question)])
            served = [
                "".join(engine.stream(messages, GREEDY, path))
                for path in (adapter / "adapter.gguf", None)
            ]
            assert served[0] == written(base, transformer, messages)
            assert served[0] != served[1]
    finally:
        engine.close()


def written(base: Base, model: Any, messages: Sequence[Message]) -> str:
    """Return the greedy answer of transformers."""
    ids = base.tokenizer.prompt(messages)
    start = len(ids)
    while len(ids) - start < GREEDY.max_tokens:
        best = int(log_probabilities(model, ids)[-1].argmax())
        if best == base.tokenizer.end:
            break
        ids.append(best)
    answer: str = base.tokenizer.decode(ids[start:])
    return answer


def test_a_batch_has_the_loss_and_gradient_of_its_conversations_alone(
    base: Base,
) -> None:
    import torch

    from ftcore.training.peft_learner import PeftLearner

    sequences = base.sequences()
    learner = PeftLearner(base.prepared, 4, 0, torch.float32)
    with torch.no_grad():
        noise = torch.Generator().manual_seed(2)
        learner.master.add_(0.1 * torch.randn(learner.master.shape, generator=noise))
    learner.publish()
    plain = sum(alone(learner, sequence) for sequence in sequences)
    assert learner.loss(sequences) == pytest.approx(plain, rel=1e-4)
    gradients = []
    for packs in ([sequences], [[one] for one in sequences]):
        for pack in packs:
            learner.learn(pack, 30)
        learner.settle_gradient()
        assert learner.master.grad is not None
        gradients.append(learner.master.grad.clone())
    torch.testing.assert_close(*gradients, rtol=1e-3, atol=1e-5)


def alone(learner: Any, sequence: TokenSequence) -> float:
    """Return the loss of one conversation in transformers, with nothing around it."""
    logs = log_probabilities(learner._model, sequence.ids)
    learnt = range(sequence.prompt_tokens, len(sequence))
    total = -sum(float(logs[i - 1, sequence.ids[i]]) for i in learnt)
    assert math.isfinite(total)
    return total


def test_a_second_job_starts_clean_on_the_base_in_memory(
    base: Base, tmp_path: Path
) -> None:
    import torch
    from safetensors.torch import load_file

    from ftcore.training.export import ADAPTER_WEIGHTS
    from ftcore.training.lora import LoraLoop
    from ftcore.training.peft_learner import PeftLearner

    sequences, saved, bases = base.sequences(), [], []
    for number in range(2):
        learner = PeftLearner(base.prepared, 4, 7, torch.float32)
        before = learner.loss(sequences)
        loop = LoraLoop(learner, 1e-2, 3, 0, lambda _: None, lambda: False)
        loop.run([sequences] * 3)
        assert learner.loss(sequences) < before
        learner.save(tmp_path / str(number), "tiny")
        saved.append(load_file(tmp_path / str(number) / ADAPTER_WEIGHTS))
        bases.append(learner._model.get_base_model())
        del learner, loop
    assert bases[0] is bases[1]
    assert saved[0].keys() == saved[1].keys()
    for name, weights in saved[0].items():
        assert torch.equal(weights, saved[1][name]), name
