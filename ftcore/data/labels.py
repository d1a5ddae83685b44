"""Bring the spellings of one class together."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace

from ftcore.data.cleaning import without_accents
from ftcore.data.examples import Example, Message
from ftcore.data.findings import Finding, Severity
from ftcore.data.values import excerpt
from ftcore.texts import text

# Written around a label by mistake; 'C++' and 'C#' are other labels than 'C'.
_AROUND = " \t\n.:;,\"'«»“”‘’"
LONGEST_LABEL = 40  # characters
LONGEST_LABEL_WORDS = 4


def merge_label_variants(
    examples: list[Example],
) -> tuple[list[Example], list[Finding]]:
    """Give 'Urgente', 'urgente ' and 'URGENTE' the spelling used most.

    A tie goes to a spelling that is not all in capitals, then to the first one.
    Spaces around a label are dropped, and so are points, colons and quotes if some
    write it without them.
    """
    chosen, findings = choose_spellings(Counter(e.target for e in examples))
    merged = [with_target(example, chosen[example.target]) for example in examples]
    return merged, findings


def choose_spellings(
    counts: Mapping[str, int],
) -> tuple[dict[str, str], list[Finding]]:
    """Choose one spelling for all variants of each label.

    Args:
        counts: How often each label was written so, in order of appearance.

    Returns:
        The chosen spelling of every label, and a finding for each label that had
        several.
    """
    written: dict[str, list[str]] = defaultdict(list)
    for label in counts:
        written[label_key(label)].append(label)
    chosen: dict[str, str] = {}
    findings: list[Finding] = []
    for labels in written.values():
        best = _best_spelling({label: counts[label] for label in labels})
        chosen.update(dict.fromkeys(labels, best))
        if len(labels) > 1:
            variants = ", ".join(map(_shown, sorted(labels)))
            params = {"variants": variants, "label": excerpt(best)}
            found = Finding("label_variants", Severity.REPAIR, params={**params})
            findings.append(found)
    return chosen, findings


def label_key(label: str) -> str:
    """Return what all spellings of a label have in common."""
    return without_accents(label.strip(_AROUND) or label)


def _best_spelling(counts: Mapping[str, int]) -> str:
    plain: Counter[str] = Counter()
    for label, count in counts.items():
        plain[" ".join(label.split())] += count
    if len(plain) == 1:
        return next(iter(plain))
    bare: Counter[str] = Counter()
    for label, count in plain.items():
        bare[label.strip(_AROUND) or label] += count
    return max(bare, key=lambda label: (bare[label], not label.isupper()))


def _shown(label: str) -> str:
    """Quote a label; spaces that nobody would see are told in words."""
    quoted = f"«{excerpt(label)}»"
    if label == " ".join(label.split()):
        return quoted
    return f"{quoted} {text('substance.with_spaces')}"


def with_target(example: Example, target: str) -> Example:
    """Return the example with this answer or label."""
    if example.target == target:
        return example
    last = Message(example.messages[-1].role, target)
    return replace(example, messages=(*example.messages[:-1], last))


def look_like_labels(targets: list[str]) -> bool:
    """Whether the targets are few, short and repeated, as classes are.

    The limits (those above, and half as many classes as rows) are ours:
    answers to questions break at least one of them in every collection we looked at.
    """
    if len(targets) < 4:
        return False
    for target in targets:
        if len(target) > LONGEST_LABEL or len(target.split()) > LONGEST_LABEL_WORDS:
            return False
    distinct = {without_accents(target) for target in targets}
    return len(distinct) <= max(2, len(targets) // 2)
