"""An answer ends before a stop, however it is cut into pieces."""

from hypothesis import given
from hypothesis import strategies as st

from ftcore.chat.stopping import until

WORDS = st.text(alphabet="abñ ", max_size=30)
STOPS = st.lists(st.text(alphabet="abñ ", min_size=1, max_size=4), max_size=3)


@st.composite
def cut(draw: st.DrawFn) -> tuple[str, list[str]]:
    words = draw(WORDS)
    ends = sorted(draw(st.lists(st.integers(0, len(words)), max_size=6)))
    starts = [0, *ends]
    pieces = [words[a:b] for a, b in zip(starts, [*ends, len(words)], strict=True)]
    return words, pieces


def ended(words: str, stops: list[str]) -> str:
    """Say the same letter by letter: the first moment that a stop is whole."""
    for end in range(1, len(words) + 1):
        whole = [stop for stop in stops if words[:end].endswith(stop)]
        if whole:
            return words[: end - max(map(len, whole))]
    return words


@given(cut(), STOPS)
def test_it_ends_before_the_stop_that_is_whole_first(parts, stops) -> None:
    words, pieces = parts
    assert "".join(until(iter(pieces), stops)) == ended(words, stops)


@given(cut())
def test_without_stops_nothing_is_held_back(parts) -> None:
    _words, pieces = parts
    assert list(until(iter(pieces), [])) == [piece for piece in pieces if piece]


def test_what_may_become_a_stop_waits_and_the_rest_does_not() -> None:
    pieces = until(iter(["Hola\n", "amigo\n", "\nFin"]), ["\n\n"])
    assert list(pieces) == ["Hola", "\namigo"]


def test_nothing_is_asked_for_after_the_stop() -> None:
    asked = []

    def writer():
        for piece in ("uno ", "dos ", "tres "):
            asked.append(piece)
            yield piece

    assert list(until(writer(), ["dos"])) == ["uno "]
    assert asked == ["uno ", "dos "]
