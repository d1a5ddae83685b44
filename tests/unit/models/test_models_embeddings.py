"""A model folder names its embedder; another machine may lack it."""

import pytest

from ftcore.errors import EmbedderMissingError
from ftcore.models.embeddings import (
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
