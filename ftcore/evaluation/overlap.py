"""How alike two texts look; looks say little about truth, so these only inform."""

from collections import Counter

from ftcore.evaluation.normalisation import normalise, words


def same_text(first: str, second: str) -> bool:
    """Whether two texts are equal but for case, accents, spaces and punctuation."""
    plain = normalise(first)
    return plain == normalise(second) if plain else first.strip() == second.strip()


def f1_of_tokens(first: str, second: str) -> float:
    """Return the F1 of the bags of words (SQuAD, arXiv:1606.05250), 0 to 1."""
    one, other = words(first), words(second)
    shared = (Counter(one) & Counter(other)).total()
    return 2 * shared / (len(one) + len(other)) if shared else 0.0


def chrf_share(expected: str, answer: str) -> float:
    """Return chrF++ as 0 to 1 (Popović 2017, WMT; word order 2, as sacrebleu)."""
    from sacrebleu.metrics import CHRF  # noqa: PLC0415

    percent: float = CHRF(word_order=2).sentence_score(answer, [expected]).score
    return min(1.0, max(0.0, percent / 100))


def likeness(first: float, second: float) -> float:
    """Return the smaller of two positive sizes as a share of the larger, 0 to 1."""
    return min(first, second) / max(first, second) if first and second else 0.0
