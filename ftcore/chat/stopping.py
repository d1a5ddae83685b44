"""End an answer where one of the asked-for words begins."""

from collections.abc import Iterator, Sequence


def until(pieces: Iterator[str], stops: Sequence[str]) -> Iterator[str]:
    """Yield the pieces up to the first stop, which is left out with all after it.

    What may be the beginning of a stop is held back until the next pieces tell; how
    the answer is cut into pieces changes nothing. Of two stops the one that is whole
    first counts. Whoever made ``pieces`` closes it.

    Args:
        pieces: The answer as it comes.
        stops: Words to stop at; none of them empty.
    """
    held = ""
    for piece in pieces:
        held += piece
        at = _first_stop(held, stops)
        if at is not None:
            if at:
                yield held[:at]
            return
        safe = len(held) - _promising_end(held, stops)
        if safe:
            yield held[:safe]
            held = held[safe:]
    if held:
        yield held


def _first_stop(words: str, stops: Sequence[str]) -> int | None:
    """Return where the stop begins that is complete first; the longest of equals."""
    found = [(at + len(s), at) for s in stops if (at := words.find(s)) >= 0]
    return min(found)[1] if found else None


def _promising_end(words: str, stops: Sequence[str]) -> int:
    """Return how many characters at the end may still grow into a stop."""
    longest = min(len(words), max(map(len, stops), default=1) - 1)
    for length in range(longest, 0, -1):
        end = words[-length:]
        if any(stop.startswith(end) for stop in stops):
            return length
    return 0
