"""Bring the spellings of one class together."""

from collections import Counter, defaultdict
from dataclasses import replace

from ftcore.data.cleaning import without_accents
from ftcore.data.examples import Example, Message
from ftcore.data.findings import Finding, Severity
from ftcore.data.values import excerpt


def merge_label_variants(
    examples: list[Example],
) -> tuple[list[Example], list[Finding]]:
    """Give 'Urgente', 'urgente ' and 'URGENTE' the spelling used most.

    A tie goes to the spelling that came first. Spaces around a label are dropped.
    """
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for example in examples:
        label = " ".join(example.target.split())
        spellings[without_accents(label)][label] += 1
    chosen = {key: found.most_common(1)[0][0] for key, found in spellings.items()}
    raw: dict[str, set[str]] = defaultdict(set)
    merged: list[Example] = []
    for example in examples:
        key = without_accents(example.target)
        raw[key].add(example.target)
        merged.append(_with_target(example, chosen[key]))
    findings = [
        Finding(
            "label_variants",
            Severity.REPAIR,
            params={
                "variants": ", ".join(f"«{excerpt(v)}»" for v in sorted(found)),
                "label": excerpt(chosen[key]),
            },
        )
        for key, found in raw.items()
        if len(found) > 1
    ]
    return merged, findings


def _with_target(example: Example, target: str) -> Example:
    if example.target == target:
        return example
    last = Message(example.messages[-1].role, target)
    return replace(example, messages=(*example.messages[:-1], last))


def look_like_labels(targets: list[str]) -> bool:
    """Whether the targets are few, short and repeated, as classes are.

    The limits (40 characters, four words, half as many classes as rows) are ours:
    answers to questions break at least one of them in every collection we looked at.
    """
    if len(targets) < 4:
        return False
    if any(len(target) > 40 or len(target.split()) > 4 for target in targets):
        return False
    distinct = {without_accents(target) for target in targets}
    return len(distinct) <= max(2, len(targets) // 2)
