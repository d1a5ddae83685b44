"""llama.cpp driven by hand: what is reused, shared and given back changes no answer."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import psutil
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftcore.chat.adapters import IDLE_SECONDS, Adapter
from ftcore.chat.base import ReplyTrace, SamplingOptions
from ftcore.chat.lane import Question
from ftcore.chat.lanes import open_native_lanes
from ftcore.chat.llama_cpp import LlamaEngine
from ftcore.chat.native import load_native
from ftcore.chat.native_context import BLOCK, NativeContext
from ftcore.chat.native_lane import NativeLane
from ftcore.chat.native_model import NativeModel
from ftcore.chat.openings import OpeningShelf
from ftcore.data.examples import Example, Message, Role
from ftcore.models.base_tokenizer import load_base_tokenizer
from ftcore.models.catalog import load_catalog
from ftcore.models.prompting import conversation
from ftcore.models.retrieval import last_question
from ftcore.training.examples import ConversationEncoder
from tests.contract.random_adapters import write_random_adapter
from tests.waiting import eventually

pytestmark = pytest.mark.slow

BASE = load_catalog().default_generation
CONTEXT = 512
ROOM = 30
LONG = "Te cuento la historia del barrio, que es larga y tiene muchas calles. " * 8
MEGABYTE = 1 << 20
OPENING = "Respondes en español, con frases completas, a quien pregunta por el barrio."
SHARED = 2  # beginnings of a prompt: the instruction alone, and the example after it


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return load_catalog().find(BASE).require(tmp_path_factory.mktemp("base_models"))


@pytest.fixture(scope="module")
def model(path):
    model = NativeModel(load_native(), path)
    yield model
    model.close()


@pytest.fixture
def new_lane(model):
    lanes = []

    def make(threads=1):
        lanes.append(NativeLane(load_native(), model, CONTEXT, lambda: threads))
        return lanes[-1]

    yield make
    for lane in lanes:
        lane.close()


@pytest.fixture(scope="module")
def adapters(tmp_path_factory):
    folder = tmp_path_factory.mktemp("adapters")
    return [
        write_random_adapter(folder / f"{seed}.gguf", seed, scale=0.3)
        for seed in range(ROOM)
    ]


def turns(*words):
    roles = (Role.USER, Role.ASSISTANT)
    said = [Message(roles[i % 2], content) for i, content in enumerate(words)]
    return [Message(Role.SYSTEM, OPENING), *said]


def asked(lane, messages, adapter=None, length=3):
    """Return the pieces, and every bit of the last token's scores."""
    pieces = []
    question = Question(
        SamplingOptions(max_tokens=length),
        Adapter.of(adapter) if adapter else None,
        ReplyTrace(),
        pieces.append,
        lambda: False,
    )
    assert lane.ask(messages, CONTEXT - 64, question) is None
    return pieces, lane._context.scores().tobytes()


def blocks_read(monkeypatch):
    """Return a list that grows by the tokens of each batch."""
    read = []

    def decode(context, tokens, *args, whole=NativeContext.decode, **kwargs):
        read.append(len(tokens))
        whole(context, tokens, *args, **kwargs)

    monkeypatch.setattr(NativeContext, "decode", decode)
    return read


CONVERSATIONS = [
    turns(LONG + "¿Cuándo?"),
    turns(LONG + "¿Dónde está?"),  # the same but for its last block
    turns(LONG + "¿Dónde está?"),  # the same
    turns(LONG + "¿Dónde está?", "En la plaza.", "¿Y el mercado?"),
    turns("hola"),
    turns(LONG + "¿Cuándo?"),
]


@pytest.mark.parametrize("worn", [None, 1])
def test_what_was_read_before_changes_no_bit(new_lane, adapters, worn):
    adapter = None if worn is None else adapters[worn]
    lane = new_lane()
    for messages in CONVERSATIONS:
        assert asked(lane, messages, adapter) == asked(new_lane(), messages, adapter)


def test_what_was_read_before_is_not_read_again(new_lane, model, monkeypatch):
    lane = new_lane()
    asked(lane, CONVERSATIONS[0])
    read = blocks_read(monkeypatch)
    asked(lane, CONVERSATIONS[1], length=1)
    assert 0 < sum(read) < 2 * BLOCK <= len(model.prompt(CONVERSATIONS[1])) - BLOCK


@pytest.fixture
def shelf(model):
    """Let the model keep what was read of openings."""
    model.openings = OpeningShelf(50 * MEGABYTE)
    yield model.openings
    model.openings = OpeningShelf(0)


@pytest.mark.parametrize("worn", [None, 1])
@pytest.mark.parametrize("how", ["asked before", "read ahead"])
def test_an_opening_put_back_changes_no_bit(
    new_lane, adapters, shelf, monkeypatch, worn, how
):
    adapter = None if worn is None else adapters[worn]
    shown = turns("¿Cuándo abren?", "De lunes a viernes, de 9:00 a 18:00.")
    first, second = ([*shown, *turns(words)[1:]] for words in ("¿Cierran?", "¿Y hoy?"))
    expected = asked(new_lane(), second, adapter)
    shelf.clear()
    if how == "asked before":
        asked(new_lane(), first, adapter)
    else:
        wanted = Adapter.of(adapter) if adapter else None
        assert new_lane().prepare(first, wanted, lambda: False)
    assert len(shelf) == SHARED
    read = blocks_read(monkeypatch)
    assert asked(new_lane(), second, adapter, length=3) == expected
    assert read[0] < BLOCK  # the question only
    other = adapters[0]
    read.clear()
    asked(new_lane(), second, other, length=1)
    assert sum(read) > BLOCK  # whatever another adapter read is of no use


def test_reading_ahead_leaves_off_when_told(new_lane, shelf):
    looks = iter([False, True])
    lane = new_lane()
    assert not lane.prepare(
        turns(LONG[:400], "Vale.", "¿Y?"), None, lambda: next(looks)
    )
    assert len(shelf) == 1  # the instruction
    assert asked(lane, turns("hola")) == asked(new_lane(), turns("hola"))


def test_an_instruction_is_read_once_for_all_examples(new_lane, shelf, monkeypatch):
    lane = new_lane()
    examples = [turns(f"¿{word}?", f"{word}.", "?") for word in ("Uno", "Dos", "Tres")]
    lane.prepare(examples[0], None, lambda: False)
    read = blocks_read(monkeypatch)
    assert lane.prepare(examples[1], None, lambda: False)
    asked(new_lane(), examples[2], length=1)  # another lane finds it on the shelf
    shared = lane._model.beginnings(examples[0], lane._model.prompt(examples[0]))
    instruction = shared[0]
    whole = [len(lane._model.prompt(messages)) for messages in examples]
    assert sum(read) < sum(whole[1:]) - 2 * instruction + BLOCK // 4
    assert max(read) < min(whole) - instruction


def test_reading_ahead_is_interrupted_within_a_block(path):
    lanes = open_native_lanes(path, context=CONTEXT, slots=1, opening_bytes=MEGABYTE)

    def looks():
        threading.Timer(0.005, lanes.make_way).start()
        return False

    assert not lanes.prepare(turns(LONG[:200], "Vale.", "¿Y?"), None, looks)
    assert not len(lanes._model.openings)
    lanes.close()


def test_openings_that_are_not_worth_it_are_left(new_lane, shelf, monkeypatch):
    read = blocks_read(monkeypatch)
    long_talk = turns(*[LONG] * 7)
    assert new_lane().prepare(long_talk, None, lambda: False)
    short = [Message(Role.SYSTEM, ""), Message(Role.USER, "hola")]
    assert new_lane().prepare(short, None, lambda: False)
    assert not read
    assert not len(shelf)


def test_an_engine_reads_ahead_and_gives_it_back(path, adapters, monkeypatch):
    clock, opened, open_lanes = Clock(), *noting()
    engine = LlamaEngine(
        path,
        context=CONTEXT,
        slots=1,
        open_lanes=open_lanes,
        clock=clock,
        opening_bytes=50 * MEGABYTE,
    )
    monkeypatch.setattr(engine._preparer, "_is_idle", lambda: True)
    shown = turns("¿Cuándo abren?", "De lunes a viernes, de 9:00 a 18:00.", "?")
    engine.prepare(adapters[0], lambda: [shown])
    eventually(lambda: opened and len(opened[0]._model.openings) == SHARED)
    says_by(engine, adapters[1])
    clock.now += IDLE_SECONDS
    engine.drop_idle()
    assert not len(opened[0]._model.openings)
    engine.prepare(adapters[0], lambda: [shown])  # and once more, when it is wanted
    eventually(lambda: len(opened[0]._model.openings) == SHARED)
    engine.close()


def test_a_new_adapter_is_loaded_and_its_instruction_read_beside_trainings(
    path, adapters, monkeypatch
):
    opened, open_lanes = noting()
    engine = LlamaEngine(
        path,
        context=CONTEXT,
        slots=2,
        open_lanes=open_lanes,
        opening_bytes=50 * MEGABYTE,
    )
    monkeypatch.setattr(engine._preparer, "_is_idle", lambda: False)
    engine.welcome(adapters[0], turns("?"))
    eventually(lambda: opened and len(opened[0]._model.openings) == 1)
    (loaded,) = opened[0]._model.adapters.loaded
    assert loaded.path == adapters[0]
    read = blocks_read(monkeypatch)
    expected = says_by(engine, adapters[0])
    assert read[0] < len(opened[0]._model.prompt(turns("hola"))) / 2
    eventually(lambda: all(lane.is_started for lane in opened[0].lanes))
    assert says_by(engine, adapters[0]) == expected
    engine.close()


def test_where_nobody_waits_no_lane_is_started_before_it_is_asked(path, adapters):
    opened, open_lanes = noting()
    engine = LlamaEngine(path, context=CONTEXT, slots=2, open_lanes=open_lanes)
    engine.welcome(adapters[0], turns("?"))
    says_by(engine, adapters[0])
    engine._workers.submit(int).result()  # what was asked for before has ended
    assert sum(lane.is_started for lane in opened[0].lanes) == 1
    assert not len(opened[0]._model.openings)
    engine.close()


def noting():
    """Return a list, and what opens lanes and adds them to it."""
    opened = []

    def open_lanes(*args, **kwargs):
        opened.append(open_native_lanes(*args, **kwargs))
        return opened[0]

    return opened, open_lanes


def test_another_adapter_reuses_nothing(new_lane, adapters):
    lane = new_lane()
    expected = asked(new_lane(), CONVERSATIONS[0], adapters[1])
    asked(lane, CONVERSATIONS[0], adapters[0])
    assert asked(lane, CONVERSATIONS[0], adapters[1]) == expected


def test_a_stopped_answer_leaves_nothing_wrong_behind(new_lane):
    lane, expected = new_lane(), asked(new_lane(), CONVERSATIONS[1])
    for looks in (0, 1, 3, 5):  # stopped ever later, while reading and while writing
        left = iter([False] * looks)
        question = Question(
            SamplingOptions(), None, ReplyTrace(), print, lambda it=left: next(it, True)
        )
        lane.ask(CONVERSATIONS[0], CONTEXT, question)
        assert question.trace.finish == "cancelled"
        assert asked(lane, CONVERSATIONS[1]) == expected


@pytest.mark.parametrize("worn", [None, 1])
def test_reading_with_two_threads_changes_no_bit(new_lane, adapters, worn):
    adapter = None if worn is None else adapters[worn]
    messages = turns("hola")
    alone = asked(new_lane(), messages, adapter, 1)
    assert asked(new_lane(threads=2), messages, adapter, 1) == alone


def test_all_lanes_share_the_helping_threads(new_lane):
    """More of them than cores would sleep at each of a batch's thousand waits."""
    ask = partial(asked, messages=turns("hola"), length=1)
    ask(new_lane(threads=2))
    before = psutil.Process().num_threads()
    lanes = [new_lane(threads=2) for _ in range(4)]
    with ThreadPoolExecutor(len(lanes)) as threads:
        list(threads.map(ask, lanes))
        assert psutil.Process().num_threads() <= before + len(lanes)


@pytest.mark.parametrize("scale", [0, 0.005])
def test_what_is_foreseen_changes_no_word(new_lane, tmp_path, monkeypatch, scale):
    """Read together with the chosen token, in far fewer batches, to the same answer.

    An adapter of greater random weights wavers between nonsense and nonsense.
    """
    file = write_random_adapter(tmp_path / "adapter.gguf", 1, scale) if scale else None
    adapter = Adapter.of(file) if file else None
    source = (
        "Abrimos de lunes a viernes, de 9:00 a 18:00, y los sábados hasta las 14:00."
    )
    read = blocks_read(monkeypatch)
    said, batches = [], []
    for takes_back in (True, False):
        lane = new_lane()
        monkeypatch.setattr(lane._model, "can_take_back", takes_back)
        read.clear()
        pieces = []
        for messages in (turns("hola"), turns("¿Cuándo abren?"), turns("hola")):
            question = Question(
                SamplingOptions(source=source, max_tokens=60),
                adapter,
                ReplyTrace(),
                pieces.append,
                lambda: False,
            )
            lane.ask(messages, CONTEXT - 64, question)
        said.append("".join(pieces))
        batches.append(len(read))
    assert said[0] == said[1]
    assert "sábados" in said[0]
    assert batches[0] < batches[1] * 2 / 3


def test_letters_are_never_cut(new_lane, model):
    lane = new_lane()
    emoji = turns("Repite: 👩‍👩‍👧 🎉 ñ é €", "👩‍👩‍👧 🎉 ñ é €", "Otra vez: 👩‍👩‍👧 🎉")
    pieces, _ = asked(lane, emoji, length=20)
    assert "�" not in "".join(pieces)
    ids = model.tokens("👩‍👩‍👧 ñandú €")
    raw = [model.piece(token) for token in ids]
    assert b"".join(raw).decode() == "👩‍👩‍👧 ñandú €"
    assert len(ids) > len("👩‍👩‍👧")  # letters in several tokens, so that it matters


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
@example(["Señal: ¿100 € o 1.000 $?", "  dos  espacios\t", "<|im_end|>\n\n"])
@settings(max_examples=40, deadline=None)
def test_a_prompt_has_the_tokens_that_the_training_saw(path, model, words):
    encoder = ConversationEncoder(load_base_tokenizer(path), "Sé amable.")
    taught = Example((*turns(*words)[1:], Message(Role.ASSISTANT, "Sí.")))
    asked = conversation("Sé amable.", turns(*words)[1:])
    lesson = encoder.encode(taught, last_question(taught))
    assert model.prompt(asked) == list(lesson.ids[: lesson.prompt_tokens])


def test_a_room_gets_the_answers_that_each_gets_alone(path, adapters):
    """Thirty adapters at once, and again in another order with some idle."""
    engine = LlamaEngine(path, context=CONTEXT, slots=4)
    short = SamplingOptions(max_tokens=5)

    def says(number):
        asks = [Message(Role.USER, "hola")]
        return "".join(engine.stream(asks, short, adapters[number]))

    alone = [says(number) for number in range(ROOM)]
    assert len(set(alone)) > ROOM // 2
    with ThreadPoolExecutor(ROOM) as room:
        assert list(room.map(says, range(ROOM))) == alone
        backwards = list(room.map(says, reversed(range(ROOM))))
    assert backwards[::-1] == alone
    engine.close()


def test_who_writes_pauses_while_a_prompt_is_read(path, monkeypatch):
    monkeypatch.setattr("ftcore.chat.native_lanes.PATIENCE_SECONDS", 60.0)
    monkeypatch.setattr("ftcore.chat.right_of_way._A_BATCH_SECONDS", 60.0)
    engine = LlamaEngine(path, context=CONTEXT, slots=2, opening_bytes=1 << 20)
    long, short = (SamplingOptions(max_tokens=most) for most in (60, 2))
    batches = []

    def decode(context, tokens, *args, whole=NativeContext.decode, **kwargs):
        batches.append((id(context), len(tokens)))
        whole(context, tokens, *args, **kwargs)

    def tell(prompt, options):
        return "".join(engine.stream(prompt, options))

    alone, prompt = tell(turns("hola"), long), turns(f"Otra cosa. {LONG}¿Dónde?")
    monkeypatch.setattr(NativeContext, "decode", decode)
    answer = engine.stream(turns("hola"), long)
    begun = next(answer)
    with ThreadPoolExecutor(1) as other:
        asked = other.submit(tell, prompt, short)
        rest = "".join(answer)
        said = asked.result()
    first = next(at for at, (_, count) in enumerate(batches[3:], 3) if count > 1)
    reader = batches[first][0]
    read = [at for at, (who, count) in enumerate(batches) if who == reader]
    blocks = [at for at in read if batches[at][1] > 1 and at >= first]
    assert len(blocks) > 1
    assert blocks == list(range(first, first + len(blocks)))  # nobody wrote between
    assert begun + rest == alone
    assert tell(prompt, short) == said
    engine.close()


def test_adapters_and_contexts_go_when_nobody_asks(path, adapters):
    clock, opened, open_lanes = Clock(), *noting()
    engine = LlamaEngine(
        path, context=CONTEXT, slots=2, open_lanes=open_lanes, clock=clock
    )
    first = says_by(engine, adapters[0])
    clock.now += IDLE_SECONDS / 2
    says_by(engine, adapters[1])
    (lanes,) = opened
    shelf = lanes._model.adapters
    engine.drop_idle()
    assert {adapter.path for adapter in shelf.loaded} == set(adapters[:2])
    clock.now += IDLE_SECONDS
    before = psutil.Process().memory_info().rss
    engine.drop_idle()
    assert not shelf.loaded
    assert not any(lane.is_started for lane in lanes.lanes)
    assert psutil.Process().memory_info().rss < before - MEGABYTE
    assert says_by(engine, adapters[0]) == first
    engine.close()


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def says_by(engine, adapter):
    short = SamplingOptions(max_tokens=5)
    return "".join(engine.stream(turns("hola"), short, adapter))


def test_a_stop_while_waiting_in_the_queue_takes_no_lane(path):
    engine = LlamaEngine(path, context=CONTEXT, slots=1)
    first = engine.stream(
        turns("Write a long story about a dog."), SamplingOptions(max_tokens=60)
    )
    next(first)
    stop, trace = threading.Event(), ReplyTrace()
    waiting = engine.stream(turns("hola"), stop_event=stop, trace=trace)
    threading.Timer(0.05, stop.set).start()
    threading.Timer(0.4, first.close).start()
    assert not list(waiting)
    assert trace.finish == "cancelled"
    assert trace.prompt_tokens == 0
    engine.close()


def test_the_first_who_asks_is_answered_first(path):
    engine = LlamaEngine(path, context=CONTEXT, slots=1)
    order = []

    def ask(number):
        list(engine.stream(turns(f"hola {number}"), SamplingOptions(max_tokens=2)))
        order.append(number)

    with ThreadPoolExecutor(5) as room:
        for number in range(5):
            room.submit(ask, number)
            time.sleep(0.05)
    assert order == sorted(order)
    engine.close()


def test_thirty_loaded_adapters_fit_beside_the_rest(path, tmp_path):
    """A room's: of the size that training writes, in one copy for all lanes."""
    files = [
        write_random_adapter(tmp_path / f"{n}.gguf", n, rank=16) for n in range(ROOM)
    ]
    size = sum(file.stat().st_size for file in files)
    before = psutil.Process().memory_info().rss
    engine = LlamaEngine(path, context=2048, slots=4)
    with ThreadPoolExecutor(4) as room:
        list(room.map(lambda file: says_by(engine, file), files))
    used = psutil.Process().memory_info().rss - before
    engine.close()
    assert size < used < size + 700 * MEGABYTE
