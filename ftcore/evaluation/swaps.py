"""Find one word exchanged for another inside the same phrase.

'Aceptamos tarjeta, bizum y transferencia' and 'Aceptamos tarjeta, PayPal y
transferencia' share most of their words, yet say different things. A paraphrase also
changes the words around; a model that copies the phrase and errs in one does not.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher

from ftcore.evaluation.normalisation import lexicon, plain, stem, words

SAME_PHRASE = 0.7  # share of words in common from which the phrase counts as copied


def has_swapped_word(expected: str, answer: str) -> bool:
    """Whether one content word stands where another was, between equal words.

    Verbs are let through: 'admitimos tarjeta' says the same as 'aceptamos tarjeta'.
    """
    one, other = words(plain(expected)), words(plain(answer))
    stems, others = [stem(word) for word in one], [stem(word) for word in other]
    matcher = SequenceMatcher(None, stems, others, autojunk=False)
    if matcher.ratio() < SAME_PHRASE:
        return False
    for tag, start, end, from_, to in matcher.get_opcodes():
        if tag != "replace" or start == 0 or from_ == 0:
            continue
        lost = _nouns(one[start:end], others)
        put = _nouns(other[from_:to], stems)
        if len(lost) == 1 and len(put) == 1:
            return True
    return False


def _nouns(found: Sequence[str], elsewhere: Sequence[str]) -> list[str]:
    """Return the content words that the other text does not have anywhere."""
    lists = lexicon()
    return [
        word
        for word in found
        if word.isalpha()
        and word not in lists.stopwords
        and not word.endswith(lists.verb_endings)
        and stem(word) not in elsewhere
    ]
