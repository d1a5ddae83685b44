"""A model folder names its embedder; another machine may lack it."""

import numpy as np
import pytest

from ftcore.errors import EmbedderMissingError
from ftcore.models.embeddings import (
    E5Embedder,
    SpellingEmbedder,
    default_embedder,
    embedder_by_name,
)


def test_the_machines_own_and_the_fallback_are_found_by_name():
    assert embedder_by_name(default_embedder().name) is default_embedder()
    assert embedder_by_name(SpellingEmbedder.name).name == SpellingEmbedder.name


def test_an_embedder_that_is_not_here_is_an_expected_error():
    with pytest.raises(EmbedderMissingError) as caught:
        embedder_by_name("a larger one")
    assert caught.value.params["found"] == default_embedder().name


def test_a_question_asked_again_is_the_same_and_free(monkeypatch):
    monkeypatch.setattr("ftcore.models.embeddings._MOST_KNOWN", 3)
    fresh, used = E5Embedder(), E5Embedder()
    asked: list[str] = []
    real = used._engine

    class Counting:
        def query(self, texts):
            asked.extend(texts)
            return real.query(texts)

    used._engine = Counting()
    first = used.query(["hola", "¿Qué tal?", "hola"])
    assert asked == ["hola", "¿Qué tal?"]
    again = used.query(["¿Qué tal?", "¿Cuánto cuesta?", "hola"])
    assert asked == ["hola", "¿Qué tal?", "¿Cuánto cuesta?"]
    assert np.array_equal(first[[1, 0]], again[[0, 2]])
    assert np.array_equal(again, fresh.query(["¿Qué tal?", "¿Cuánto cuesta?", "hola"]))
    used.query(["a", "b", "hola"])  # more than it keeps: the oldest go
    used.query(["¿Cuánto cuesta?", "hola"])
    assert asked[3:] == ["a", "b", "¿Cuánto cuesta?"]
    assert used.query([]).shape == (0, 384)
