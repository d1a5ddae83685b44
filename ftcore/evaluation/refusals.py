"""Tell an answer that says 'I do not know' from one that claims something."""

import re
from functools import cache

from ftcore.evaluation.normalisation import fold, load_list

_SENTENCE_END = re.compile(r"[.;!?]\s+|\n")


@cache
def _refusals() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in load_list("refusals")["patterns"])


def is_refusal(text: str) -> bool:
    """Whether the text says that it does not know or cannot tell."""
    folded = fold(text)
    return any(pattern.search(folded) for pattern in _refusals())


@cache
def _contact() -> re.Pattern[str]:
    return re.compile(load_list("refusals")["contact"])


def without_contacts(text: str) -> str:
    """Return the text without the sentences that send the person to somebody else."""
    sentences = _SENTENCE_END.split(text)
    return ". ".join(one for one in sentences if not _contact().search(fold(one)))
