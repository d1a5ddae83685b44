"""Where a dataset may be trained: verdicts, files, and the providers' own schemas."""

import json
import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftcore.data.destinations.base import Level
from ftcore.data.destinations.bounds import Overlong, load_bounds
from ftcore.data.destinations.registry import (
    DESTINATIONS,
    judge,
    judge_all,
    write_for,
)
from ftcore.data.examples import Dataset, Example, Message, Role, Task
from ftcore.data.options import ReadOptions
from ftcore.data.readers import read_dataset
from ftcore.errors import UnknownFileKindError
from ftcore.texts import catalog

sys.path.insert(0, str(Path(__file__).parent))

from published_schemas import anthropic_line, errors, google_line, openai_line
from test_data_properties import conversations, datasets, spanish_text

GOLDEN = Path(__file__).parents[2] / "golden" / "destinations"
AUTUMN = date(2026, 11, 23)
CHAT_FILES = [name for name in DESTINATIONS if name != "local"]


class Lengths:
    """A tokenizer of one token a character, so that tests can count."""

    exact = True

    def count(self, examples):
        return [sum(len(m.content) for m in e.messages) for e in examples]


def counters(name):
    return Lengths()


def on(day: date = AUTUMN):
    return lambda: datetime(day.year, day.month, day.day, tzinfo=UTC)


def chat(*rows: tuple[tuple[str, str], ...], times: int = 1) -> Dataset:
    examples = [
        Example(tuple(Message(Role(role), content) for role, content in row))
        for row in rows
    ]
    return Dataset("d", Task.CHAT, tuple(examples * times))


def pairs(count: int, task: Task = Task.CHAT) -> Dataset:
    rows = (Example.from_pair(f"Pregunta {i}", f"R{i % 3}") for i in range(count))
    return Dataset("d", task, tuple(rows))


def verdict(name: str, dataset: Dataset, **options):
    return judge(name, dataset, counters, clock=on(), **options)


def codes(name: str, dataset: Dataset, **options) -> dict[str, Level]:
    return {r.code: r.level for r in verdict(name, dataset, **options).reasons}


# --- how many ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("openai", 10, None),
        ("google", 1, 10_000_000),
        ("nova", 8, 20_000),
        ("nova2", 200, 20_000),
        ("llama", 100, 10_000),
        ("haiku", 32, 10_000),
        ("huggingface", 1, None),
        ("local", 1, None),
    ],
)
def test_each_place_has_its_least_and_most(name, least, most):
    if least > 1:
        assert codes(name, pairs(least - 1))["too_few"] is Level.BLOCKED
    assert "too_few" not in codes(name, pairs(least))
    if most is not None:
        assert "too_many" not in codes(name, pairs(300), rows=most)
        assert codes(name, pairs(300), rows=most + 1)["too_many"] is Level.BLOCKED


def test_it_says_how_many_are_missing():
    (reason,) = [r for r in verdict("openai", pairs(7)).reasons if r.code == "too_few"]
    assert "Tienes 7 y pide 10" in reason.message
    assert "Añade 3 más" in reason.fix


def test_fewer_than_advised_is_a_warning():
    assert codes("google", pairs(99))["few"] is Level.WARNING
    assert "few" not in codes("google", pairs(100))


# --- how long ---------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n, b in load_bounds().items() if b.tokens])
def test_what_is_too_long_is_cut_dropped_or_refused(name):
    bounds = load_bounds()[name]
    fits = Example.from_pair("x" * (bounds.tokens - 2), "sí")
    long = Example.from_pair("x" * (bounds.tokens - 1), "sí")
    rows = (*pairs(300).examples, fits, long)
    found = verdict(name, Dataset("d", Task.CHAT, rows))
    (reason,) = [r for r in found.reasons if r.code.startswith("overlong")]
    assert reason.rows == (302,)
    assert reason.code == f"overlong_{bounds.overlong.value}"
    refused = bounds.overlong is Overlong.REFUSED
    assert reason.level is (Level.BLOCKED if refused else Level.WARNING)
    assert found.longest == bounds.tokens + 1
    assert found.kept_tokens == found.tokens - 1


def test_a_local_text_to_label_has_the_window_of_its_own_model():
    long = Example.from_pair("x" * 600, "b")
    rows = (*pairs(10, Task.CLASSIFICATION).examples, long)
    dataset = Dataset("d", Task.CLASSIFICATION, rows)
    assert "overlong_cut" in codes("local", dataset)
    assert "overlong_cut" not in codes("huggingface", dataset)


def test_a_file_over_the_limit_is_refused():
    wide = Dataset("d", Task.CHAT, (Example.from_pair("x" * 1_000, "y"),))
    assert "file_too_big" not in codes("openai", wide, rows=400_000)
    assert codes("openai", wide, rows=600_000)["file_too_big"] is Level.BLOCKED


def test_the_local_window_is_the_one_that_training_cuts_at():
    source = Path(__file__).parents[3] / "ftcore" / "training" / "examples.py"
    window = re.search(r"^WINDOW_TOKENS = (\d+)", source.read_text("utf-8"), re.M)
    assert window is not None
    assert int(window[1]) == load_bounds()["local"].tokens


# --- turns ------------------------------------------------------------------------

OPENED = (("assistant", "Hola"), ("user", "¿Abrís?"), ("assistant", "Sí"))
TWICE = (("user", "Hola"), ("user", "¿Abrís?"), ("assistant", "Sí"))
INSIDE = (("user", "Hola"), ("system", "Sé breve"), ("assistant", "Sí"))
BLANK = (("user", "Hola"), ("assistant", " "), ("user", "¿?"), ("assistant", "Sí"))
STRICT = ["google", "nova", "nova2", "llama", "haiku"]


@pytest.mark.parametrize("name", STRICT)
@pytest.mark.parametrize(
    ("row", "code"),
    [(OPENED, "first_not_user"), (TWICE, "turn_repeated"), (INSIDE, "system_inside")],
)
def test_strict_places_refuse_odd_turns(name, row, code):
    assert codes(name, chat(row, times=300))[code] is Level.BLOCKED


@pytest.mark.parametrize("name", ["openai", "huggingface"])
def test_open_places_only_warn(name):
    assert codes(name, chat(TWICE, times=60))["turn_repeated"] is Level.WARNING
    assert verdict(name, chat(INSIDE, times=60)).level is Level.WARNING
    assert "first_not_user" not in codes(name, chat(OPENED, times=60))


@pytest.mark.parametrize("name", list(DESTINATIONS))
def test_no_place_takes_empty_or_broken_text(name):
    assert codes(name, chat(BLANK, times=300))["empty_text"] is Level.BLOCKED
    for bad in ("\0", "\ud800"):
        row = (("user", f"Hola{bad}"), ("assistant", "Sí"))
        assert codes(name, chat(row, times=300))["bad_characters"] is Level.BLOCKED


# --- words ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nova", "nova2"])
@pytest.mark.parametrize(
    "word", ["System:", "user:", "BOT:", "Assistant:", "thought:", "[eos]", "<Image>"]
)
def test_amazons_reserved_words_are_found_in_any_case(name, word):
    row = (("user", f"Dice {word} hola"), ("assistant", "Sí"))
    found = verdict(name, chat(row, (("user", "a"), ("assistant", "b")), times=100))
    (reason,) = [r for r in found.reasons if r.code == "reserved"]
    assert reason.level is Level.BLOCKED
    assert reason.rows == tuple(range(1, 201, 2))
    assert word.lower() in reason.message.lower()


def test_spanish_words_are_not_reserved():
    row = (("user", "Usuario: ¿sistema: asistente:?"), ("assistant", "Sí"))
    assert "reserved" not in codes("nova", chat(row, times=20))
    assert "reserved" not in codes("llama", chat(TWICE, times=20))


@pytest.mark.parametrize(("name", "warns"), [("local", True), ("openai", False)])
def test_marks_of_a_template_matter_where_there_is_a_template(name, warns):
    row = (("user", "Hola <|im_end|>"), ("assistant", "Sí"))
    found = codes(name, chat(row, times=60))
    assert (found.get("template_marks") is Level.WARNING) == warns


# --- labels -----------------------------------------------------------------------


def test_one_class_alone_cannot_train_here_and_is_odd_elsewhere():
    rows = tuple(Example.from_pair(f"Texto {i}", "spam") for i in range(60))
    dataset = Dataset("d", Task.CLASSIFICATION, rows)
    assert codes("local", dataset)["one_class"] is Level.BLOCKED
    assert codes("openai", dataset)["one_class"] is Level.WARNING


@pytest.mark.parametrize("name", CHAT_FILES)
def test_labels_travel_with_an_instruction_that_names_them_all(name):
    _, content = write_for(name, pairs(6, Task.CLASSIFICATION))
    for line in content.splitlines():
        assert "R0 | R1 | R2" in line
    assert "R0 | R1" not in write_for(name, pairs(6))[1]


def test_an_instruction_of_ones_own_is_kept():
    opening = Message(Role.SYSTEM, "Clasifica")
    row = Example((opening, *Example.from_pair("Hola", "a").messages))
    _, content = write_for("openai", Dataset("d", Task.CLASSIFICATION, (row,)))
    assert [m["content"] for m in json.loads(content)["messages"]] == [
        "Clasifica",
        "Hola",
        "a",
    ]


# --- closing ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 5, 6), None),
        (date(2026, 5, 7), "closing"),
        (date(2027, 1, 5), "closing"),
        (date(2027, 1, 6), "closed"),
    ],
)
def test_the_end_of_openais_service_depends_on_the_day(day, code):
    found = judge("openai", pairs(60), counters, clock=on(day))
    assert [r.code for r in found.reasons] == ([code] if code else [])
    if code == "closing":
        assert found.level is Level.WARNING
        assert "7 de mayo de 2026" in found.reasons[0].message
        assert "14 de enero de 2027" in found.reasons[0].message


# --- all together -----------------------------------------------------------------


def test_all_are_judged_and_the_ready_ones_come_first():
    judged = judge_all(pairs(150), counters, clock=on())
    assert {j.destination for j in judged} == set(DESTINATIONS)
    order = [Level.READY, Level.WARNING, Level.BLOCKED]
    ranks = [order.index(j.level) for j in judged]
    assert ranks == sorted(ranks)
    assert judged[0].destination == "local"
    assert len({j.filename for j in judged}) == len(DESTINATIONS)


def test_a_sample_stands_for_all_rows():
    found = verdict("google", pairs(100), rows=1_000)
    whole = verdict("google", pairs(100))
    assert found.tokens == 10 * whole.tokens
    assert found.rows == 1_000
    assert not found.exact


def test_an_unknown_place_is_refused():
    with pytest.raises(UnknownFileKindError):
        write_for("elsewhere", pairs(1))


@pytest.mark.parametrize("name", list(DESTINATIONS))
def test_every_bound_has_a_date_and_a_source(name):
    for source, day in load_bounds()[name].sources.values():
        assert source
        assert date(2026, 1, 1) < day <= AUTUMN


def test_every_place_and_reason_has_its_spanish():
    for name in DESTINATIONS:
        for group in ("names", "about", "files"):
            assert catalog()[f"destinations.{group}.{name}"]
    written = {k.split(".")[2] for k in catalog() if "destinations.reasons." in k}
    source = Path(__file__).parents[3] / "ftcore" / "data" / "destinations" / "rules.py"
    used = set(
        re.findall(
            r'"([a-z]+_[a-z_]+|few|closing|closed|reserved)"', source.read_text("utf-8")
        )
    )
    assert used | {f"overlong_{o.value}" for o in Overlong} == written


# --- against what the providers publish -------------------------------------------

SCHEMAS = {
    "openai": openai_line,
    "google": google_line,
    "haiku": anthropic_line,
}


@pytest.mark.parametrize("name", list(SCHEMAS))
@settings(max_examples=60, deadline=None)
@given(dataset=datasets(st.text(max_size=12)))
def test_what_is_not_blocked_satisfies_the_published_schema(name, dataset):
    dataset = Dataset("d", dataset.task, dataset.examples * 40)
    found = verdict(name, dataset)
    _, content = write_for(name, dataset)
    if found.level is not Level.BLOCKED:
        assert errors(SCHEMAS[name](), content) == []
        assert len(content.split("\n")) == len(dataset) + 1


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("openai", {"messages": [{"role": "usuario", "content": "a"}]}),
        ("openai", {"messages": [{"role": "user", "content": "a"}]}),
        ("google", {"contents": [{"role": "assistant", "parts": [{"text": "a"}]}]}),
        ("google", {"contents": [{"role": "user", "content": "a"}]}),
        ("google", {"messages": []}),
        ("haiku", {"messages": [{"role": "user", "content": "a"}]}),
        ("haiku", {"system": [], "messages": []}),
    ],
)
def test_the_published_schemas_refuse_what_is_wrong(name, line):
    assert errors(SCHEMAS[name](), json.dumps(line) + "\n")


# --- golden files and reading back ------------------------------------------------

FIXED = Dataset(
    "fixed",
    Task.CHAT,
    (
        Example.from_pair("¿Hacéis envíos a Canarias?", "Sí: en 3–5 días. 📦"),
        Example(
            (
                Message(Role.SYSTEM, "Eres el «asistente» de la tienda.\nSé breve."),
                Message(Role.USER, 'Dice "agotado" \\ ¿cuándo vuelve?'),
                Message(Role.ASSISTANT, "El lunes."),
                Message(Role.USER, "¿Seguro?"),
                Message(Role.ASSISTANT, "Sí, el lunes por la mañana."),
            )
        ),
        Example.from_pair("Precio en €\tcon IVA", "21,50 €\n(IVA incluido)"),
    ),
)
LABELLED = Dataset(
    "labelled",
    Task.CLASSIFICATION,
    (
        Example.from_pair("No puedo entrar en mi cuenta 😡", "urgente"),
        Example.from_pair("¿A qué hora abrís mañana?", "no urgente"),
    ),
)


@pytest.mark.parametrize("name", list(DESTINATIONS))
@pytest.mark.parametrize("dataset", [FIXED, LABELLED], ids=lambda d: d.name)
def test_each_file_is_the_golden_one(name, dataset):
    _, content = write_for(name, dataset)
    golden = GOLDEN / f"{name}.{dataset.name}.jsonl"
    assert content == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", list(DESTINATIONS))
@settings(max_examples=40, deadline=None)
@given(st.lists(conversations(spanish_text), min_size=1, max_size=4))
def test_our_own_reader_finds_the_same_examples(name, rows):
    dataset = Dataset("d", Task.CHAT, tuple(rows))
    filename, content = write_for(name, dataset)
    read = read_dataset(filename, content.encode(), ReadOptions())
    assert read.dataset is not None
    assert texts(read.dataset) == texts(dataset)


def texts(dataset: Dataset) -> list[list[tuple[Role, str]]]:
    return [[(m.role, m.content) for m in e.messages] for e in dataset]
