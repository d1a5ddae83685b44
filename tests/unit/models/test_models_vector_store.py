"""Vectors that were made once are found by everybody, bit for bit."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftcore.models.embeddings import default_embedder
from ftcore.models.vector_store import KeptEmbedder, VectorStore
from ftcore.settings import ROOT

ODD = 0.1  # no float32 is exactly that


class Counting:
    """Makes vectors that say what they are of, and remembers what it was asked."""

    is_semantic = True

    def __init__(self, name: str = "counting") -> None:
        self.name = name
        self.asked: list[tuple[str, str]] = []

    def query(self, texts):
        return self._made("query", texts)

    def passage(self, texts):
        return self._made("passage", texts)

    def _made(self, kind, texts):
        self.asked += [(kind, text) for text in texts]
        rows = [[len(text), hash((kind, text)) % 997, ODD] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(-1, 3)


def kept(path, embedder=None, most=1000):
    embedder = embedder or Counting()
    return KeptEmbedder(lambda: embedder, VectorStore(path, most)), embedder


TEXTS = st.lists(st.text(max_size=20), max_size=12)


@given(st.lists(st.tuples(st.sampled_from(["query", "passage"]), TEXTS), max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_asked_is_what_the_embedder_says_and_each_text_is_made_once(
    tmp_path_factory, wishes
):
    path = tmp_path_factory.mktemp("store") / "vectors.db"
    plain = Counting()
    asked = []
    for kind, texts in wishes:
        found, counting = kept(path)  # a new process, as it were
        rows = getattr(found, kind)(texts)
        assert rows.dtype == np.float32
        np.testing.assert_array_equal(rows, getattr(plain, kind)(texts))
        asked += counting.asked
    assert len(asked) == len(set(asked))


def test_a_query_a_passage_and_another_space_are_told_apart(tmp_path):
    path = tmp_path / "vectors.db"
    first, counting = kept(path)
    first.query(["hola"])
    first.passage(["hola"])
    assert counting.asked == [("query", "hola"), ("passage", "hola")]
    other, another = kept(path, Counting("another"))
    other.query(["hola"])
    assert another.asked == [("query", "hola")]
    assert other.name == "another"
    assert other.is_semantic


def test_missing_counts_different_queries_that_nobody_embedded(tmp_path):
    found, _ = kept(tmp_path / "vectors.db")
    found.query(["uno", "dos"])
    found.passage(["tres"])
    assert found.missing(["uno", "tres", "cuatro", "cuatro"]) == 2
    assert found.missing([]) == 0


def test_the_oldest_go_when_there_are_too_many(tmp_path):
    path = tmp_path / "vectors.db"
    for number in range(12):
        kept(path, most=5)[0].query([f"texto {number}"])
    again, counting = kept(path, most=5)
    again.query([f"texto {number}" for number in range(12)])
    assert [text for _, text in counting.asked] == [f"texto {n}" for n in range(7)]


@pytest.mark.parametrize("damage", ["words", "half", "table", "row"])
def test_a_damaged_file_is_made_anew(tmp_path, damage):
    path = tmp_path / "vectors.db"
    first, _ = kept(path)
    rows = first.query(["uno", "dos"])
    if damage == "words":
        path.write_bytes(b"no database at all, and longer than a header of one" * 9)
    elif damage == "half":
        path.write_bytes(path.read_bytes()[:5000])
    else:
        file = sqlite3.connect(path)
        with file:
            if damage == "table":
                file.execute("DROP TABLE vectors")
            else:
                file.execute("UPDATE vectors SET row = x'0102'")
        file.close()
    for _ in range(2):
        np.testing.assert_array_equal(kept(path)[0].query(["uno", "dos"]), rows)
    last, counting = kept(path)
    np.testing.assert_array_equal(last.query(["uno", "dos"]), rows)
    assert counting.asked == []


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path):
    (tmp_path / "file").write_text("a file where a folder should be")
    found, counting = kept(tmp_path / "file" / "vectors.db")
    assert found.query(["uno"]).shape == (1, 3)
    assert found.query(["uno"]).shape == (1, 3)
    assert len(counting.asked) == 2


def _write(path, numbers):
    found, _ = kept(Path(path))
    for number in numbers:
        found.query([f"texto {number}"])


def test_processes_that_write_at_once_lose_nothing(tmp_path):
    path = tmp_path / "vectors.db"
    own = "tests.unit.models.test_models_vector_store"
    code = f"from {own} import _write; _write({str(path)!r}, range(%d, %d))"
    writers = [
        subprocess.Popen([sys.executable, "-c", code % half], cwd=ROOT)
        for half in ((0, 60), (30, 90))
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert kept(path)[0].missing([f"texto {number}" for number in range(90)]) == 0


@pytest.mark.skipif(not default_embedder().is_semantic, reason="no real embedder here")
def test_real_vectors_come_back_to_the_last_bit_whatever_was_asked_beside(tmp_path):
    path = tmp_path / "vectors.db"
    texts = [f"¿Cuánto cuesta el curso número {n}?" for n in range(9)]
    real = default_embedder()
    for begin in range(0, 9, 4):
        KeptEmbedder(default_embedder, VectorStore(path)).passage(
            texts[begin : begin + 4]
        )
    found = KeptEmbedder(default_embedder, VectorStore(path)).passage(texts)
    np.testing.assert_array_equal(found, real.passage(texts))
