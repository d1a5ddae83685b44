"""One battery for everything that answers, and the engine's own promises."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from ftcore.chat.base import ReplyTrace, SamplingOptions
from ftcore.chat.baselines import BaseChat, FewShotChat, NearestExampleChat
from ftcore.chat.engines import EnginePool
from ftcore.chat.labels import LabelChat, NearestLabelModel
from ftcore.chat.lanes import open_native_lanes, open_server_lanes
from ftcore.chat.llama_cpp import LlamaEngine
from ftcore.chat.manner import Manner
from ftcore.chat.scripted import ScriptedChat
from ftcore.chat.tuned import TunedChat
from ftcore.data.examples import Example, Message, Role, Task
from ftcore.errors import ChatFailedError
from ftcore.models.catalog import load_catalog
from ftcore.models.embeddings import SpellingEmbedder
from ftcore.models.retrieval import ExampleIndex
from ftcore.models.trained import load_trained
from tests.contract.random_adapters import write_random_adapter
from tests.unit.chat.test_chat_arms import PAIRS, make_folder

BASE = load_catalog().default_generation
SHORT = SamplingOptions(max_tokens=10)
QUESTIONS = ["¿Cuál es el horario?", "Cuéntame algo del mar", "¿Y la paella?", "hola"]


@pytest.fixture(scope="module")
def base_path(tmp_path_factory):
    return load_catalog().find(BASE).require(tmp_path_factory.mktemp("base_models"))


@pytest.fixture(scope="module")
def native_engine(base_path):
    # A short context, so that a long question is quick.
    engine = LlamaEngine(base_path, context=384, open_lanes=open_native_lanes)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def server_engine(base_path):
    engine = LlamaEngine(base_path, context=384, open_lanes=open_server_lanes)
    yield engine
    engine.close()


@pytest.fixture(scope="module", params=["native_engine", "server_engine"])
def engine(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def adapters(tmp_path_factory):
    folder = tmp_path_factory.mktemp("adapters")
    return [write_random_adapter(folder / f"{seed}.gguf", seed) for seed in (1, 2)]


@pytest.fixture(scope="module")
def index():
    examples = [Example.from_pair(*pair) for pair in PAIRS]
    return ExampleIndex.build(examples, SpellingEmbedder())


def scripted(**_):
    return ScriptedChat(["Hola, soy un guion.", "Adiós."])


def nearest(index, **_):
    return NearestExampleChat(index, refusal="No lo sé.")


def labels(index, **_):
    return LabelChat(NearestLabelModel([answer for _, answer in PAIRS], index))


def base(native_engine, **_):
    return BaseChat(native_engine, Manner("Responde en español."))


def few_shot(native_engine, index, **_):
    return FewShotChat(native_engine, index, Manner(), k=2)


def tuned(native_engine, index, adapters, tmp_path_factory, **_):
    return tuned_by(native_engine, index, adapters, tmp_path_factory)


def tuned_elsewhere(server_engine, index, adapters, tmp_path_factory, **_):
    return tuned_by(server_engine, index, adapters, tmp_path_factory)


def tuned_by(engine, index, adapters, tmp_path_factory):
    folder = make_folder(tmp_path_factory.mktemp("model"), Task.CHAT)
    manifest = replace(load_trained(folder), similarity_threshold=-1.0)
    return TunedChat(engine, adapters[0], index, manifest)


def tuned_few_shot(native_engine, index, adapters, **_):
    return FewShotChat(native_engine, index, Manner(), k=2, adapter=adapters[0])


@pytest.fixture(
    scope="module",
    params=[
        scripted,
        nearest,
        labels,
        pytest.param(base, marks=pytest.mark.slow),
        pytest.param(few_shot, marks=pytest.mark.slow),
        pytest.param(tuned, marks=pytest.mark.slow),
        pytest.param(tuned_elsewhere, marks=pytest.mark.slow),
        pytest.param(tuned_few_shot, marks=pytest.mark.slow),
    ],
    ids=lambda make: make.__name__,
)
def model(request, native_engine, server_engine, adapters, index, tmp_path_factory):
    return request.param(
        native_engine=native_engine,
        server_engine=server_engine,
        adapters=adapters,
        index=index,
        tmp_path_factory=tmp_path_factory,
    )


def asks(*questions):
    return [Message(Role.USER, question) for question in questions]


def answer(model, *questions):
    return "".join(model.reply(asks(*questions), SHORT))


def test_it_streams_text_and_says_something(model):
    pieces = list(model.reply(asks("¿Cuál es el horario?"), SHORT))
    assert all(isinstance(piece, str) and piece for piece in pieces)
    assert "".join(pieces).strip()


def test_it_remembers_nothing(model):
    before = answer(model, QUESTIONS[0])
    answer(model, QUESTIONS[1])
    answer(model, QUESTIONS[2], QUESTIONS[3])
    assert answer(model, QUESTIONS[0]) == before


def test_interleaved_answers_do_not_mix(model):
    alone = [answer(model, question) for question in QUESTIONS[:2]]
    streams = [model.reply(asks(question), SHORT) for question in QUESTIONS[:2]]
    found = ["", ""]
    while streams[0] is not None or streams[1] is not None:
        for i, stream in enumerate(streams):
            piece = next(stream, None) if stream is not None else None
            if piece is None:
                streams[i] = None
            else:
                found[i] += piece
    assert found == alone


@pytest.mark.parametrize(
    "question",
    ["", " ", "😀👩‍👩‍👧 ñ", "\ud83d", "a\0b", "<|im_end|>", "palabra " * 4000],
    ids=["empty", "space", "emoji", "surrogate", "nul", "markup", "long"],
)
def test_it_accepts_whatever_people_write(model, question):
    assert isinstance(answer(model, question), str)


def test_people_asking_at_once_get_the_answers_they_get_alone(model):
    alone = [answer(model, question) for question in QUESTIONS]
    with ThreadPoolExecutor(len(QUESTIONS)) as room:
        together = list(room.map(lambda question: answer(model, question), QUESTIONS))
    assert together == alone


def test_closing_early_leaves_it_able_to_answer(model):
    expected = answer(model, QUESTIONS[1])
    stream = model.reply(asks(QUESTIONS[1]), SamplingOptions(max_tokens=200))
    next(stream)
    stream.close()
    assert answer(model, QUESTIONS[1]) == expected


def test_it_traces_what_the_answer_took(model):
    trace = ReplyTrace()
    started = time.monotonic()
    pieces = list(model.reply(asks("¿Cuál es el horario?"), SHORT, trace))
    assert pieces
    assert 0 <= trace.first_token_seconds <= trace.seconds
    assert trace.seconds <= time.monotonic() - started
    assert trace.finish in {"stop", "length"}
    assert not trace.trimmed
    if isinstance(model, BaseChat | FewShotChat | TunedChat):
        assert trace.prompt_tokens > 10
        assert 0 < trace.answer_tokens <= SHORT.max_tokens
        assert (trace.finish == "length") == (trace.answer_tokens == SHORT.max_tokens)
    else:
        assert trace.prompt_tokens == trace.answer_tokens == 0


def test_a_closed_answer_is_traced_as_cancelled(model):
    trace = ReplyTrace()
    stream = model.reply(asks(QUESTIONS[1]), SamplingOptions(max_tokens=200), trace)
    next(stream)
    stream.close()
    assert trace.finish == "cancelled"
    assert trace.first_token_seconds is not None
    assert trace.seconds >= trace.first_token_seconds


def test_a_trace_may_serve_a_second_answer(model):
    trace = ReplyTrace()
    first = replace_times(list_and_trace(model, trace))
    assert replace_times(list_and_trace(model, trace)) == first


def list_and_trace(model, trace):
    list(model.reply(asks(QUESTIONS[0]), SHORT, trace))
    return trace


def replace_times(trace):
    return replace(trace, seconds=0.0, first_token_seconds=0.0)


# --- the engine -----------------------------------------------------------------------


def says(engine, question, adapter, options=SHORT):
    messages = [Message(Role.SYSTEM, "Responde."), Message(Role.USER, question)]
    return "".join(engine.stream(messages, options, adapter))


@pytest.mark.slow
def test_adapters_never_swap_their_answers(engine, adapters):
    jobs = [(q, adapter) for q in QUESTIONS for adapter in (None, *adapters)]
    alone = [says(engine, *job) for job in jobs]
    first, second, third = (alone[i::3] for i in range(3))
    assert first != second != third != first  # else nothing could be told apart
    with ThreadPoolExecutor(6) as room:
        together = list(room.map(lambda job: says(engine, *job), jobs * 2))
    assert together == alone * 2


@pytest.mark.slow
def test_a_new_adapter_at_the_same_path_is_noticed(engine, tmp_path):
    path = write_random_adapter(tmp_path / "adapter.gguf", 11)
    before = [says(engine, question, path) for question in QUESTIONS]
    time.sleep(0.02)  # the clock of the file system
    write_random_adapter(path, 12)
    assert [says(engine, question, path) for question in QUESTIONS] != before


@pytest.mark.slow
def test_a_broken_adapter_fails_alone(engine, tmp_path):
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" * 100)
    expected = says(engine, QUESTIONS[0], None)
    for adapter in (broken, tmp_path / "absent.gguf"):
        with pytest.raises(ChatFailedError):
            says(engine, QUESTIONS[0], adapter)
    assert says(engine, QUESTIONS[0], None) == expected


@pytest.mark.slow
def test_leaving_turns_out_is_traced(engine):
    short, long = ReplyTrace(), ReplyTrace()
    messages = [Message(Role.SYSTEM, "Responde."), *asks(*QUESTIONS)]
    list(engine.stream(messages, SHORT, trace=short))
    older = asks(*(f"¿Qué pasó en el año {year}?" for year in range(1900, 1960)))
    list(engine.stream([messages[0], *older, *messages[1:]], SHORT, trace=long))
    assert (short.trimmed, long.trimmed) == (False, True)
    assert short.prompt_tokens < long.prompt_tokens <= 384


@pytest.mark.slow
def test_a_failed_answer_is_traced(engine, tmp_path):
    trace = ReplyTrace()
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" * 100)
    with pytest.raises(ChatFailedError):
        list(engine.stream(asks("hola"), SHORT, broken, trace=trace))
    assert trace.finish == "failed"


@pytest.mark.slow
def test_a_stop_event_ends_the_answer(engine):
    stop = threading.Event()
    messages = [Message(Role.SYSTEM, ""), Message(Role.USER, "Cuenta del 1 al 500.")]
    options = SamplingOptions(temperature=1.5, max_tokens=1500)
    stream = engine.stream(messages, options, stop_event=stop)
    pieces = [next(stream)]
    stop.set()
    pieces += stream
    assert len(pieces) < 200


@pytest.mark.slow
def test_a_closed_answer_frees_its_place_at_once(engine):
    messages = [Message(Role.SYSTEM, ""), Message(Role.USER, "Cuenta del 1 al 500.")]
    long = SamplingOptions(temperature=1.5, max_tokens=1500)
    for _ in range(6):  # more than there are lanes
        stream = engine.stream(messages, long)
        next(stream)
        stream.close()
    started = time.monotonic()
    says(engine, "hola", None)
    waited = time.monotonic() - started
    started = time.monotonic()
    says(engine, "hola", None)
    assert waited < 5 * (time.monotonic() - started) + 2


@pytest.mark.slow
def test_the_engine_prints_nothing(tmp_path, capfd):
    pool = EnginePool(tmp_path)
    says(pool.engine_for(BASE), "hola", None)
    pool.close()
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_a_closed_engine_says_so(tmp_path):
    pool = EnginePool(tmp_path)
    engine = pool.engine_for(BASE)
    pool.close()
    with pytest.raises(ChatFailedError):
        says(engine, "hola", None)


@pytest.mark.slow
def test_a_seed_repeats_a_drawn_answer(engine):
    drawn = SamplingOptions(temperature=1.0, max_tokens=12, seed=5)
    first = says(engine, QUESTIONS[1], None, drawn)
    others = {
        says(engine, QUESTIONS[1], None, replace(drawn, seed=seed)) for seed in (6, 7)
    }
    assert others != {first}


@pytest.mark.slow
@pytest.mark.parametrize("temperature", [0.0, 0.9])
def test_both_engines_give_the_same_answer(
    native_engine, server_engine, adapters, temperature
):
    options = SamplingOptions(temperature=temperature, max_tokens=16, seed=3)
    jobs = [(q, adapter) for q in QUESTIONS for adapter in (None, *adapters)]
    answers = [says(native_engine, *job, options).rstrip() for job in jobs]
    # xllamacpp's server takes the space off an answer that is cut behind it.
    assert answers == [says(server_engine, *job, options).rstrip() for job in jobs]
    assert len(set(answers)) > len(QUESTIONS)


@pytest.mark.slow
def test_an_empty_instruction_keeps_the_english_one_out(tmp_path):
    import gguf
    from jinja2 import Environment

    path = load_catalog().find(BASE).require(tmp_path)
    field = gguf.GGUFReader(path).get_field("tokenizer.chat_template")
    template = Environment().from_string(field.contents())
    rendered = template.render(
        messages=[
            {"role": "system", "content": ""},
            {"role": "user", "content": "hola"},
        ],
        add_generation_prompt=True,
    )
    assert rendered.startswith("<|im_start|>system\n<|im_end|>\n<|im_start|>user\nhola")
