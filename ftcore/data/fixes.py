"""One-click fixes of what the checks find; nothing leaves without being listed."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from ftcore.data.changes import Fix, FixResult, rebuild, renumber
from ftcore.data.checking import Check, identity
from ftcore.data.checks import classes, content, endings, language, repeats, style
from ftcore.data.cleaning import comparable
from ftcore.data.examples import Dataset, Example
from ftcore.data.findings import Finding
from ftcore.data.labels import choose_spellings, with_target
from ftcore.data.likeness import check_near_duplicates
from ftcore.data.masking import mask_dataset
from ftcore.data.mending import (
    mend_messages,
    with_full_stop,
    without_formula,
    without_markup,
    without_tokens,
)

__all__ = ["FIXES", "SAFE", "apply_all", "apply_fix", "can_fix", "renumber"]

COPIES = frozenset({"duplicate", "near_duplicate"})  # of these the first stays

# What becomes of one example; ``None`` takes it out.
_Mend = Callable[[Example], Example | None]


def can_fix(code: str) -> bool:
    """Whether one click mends what a finding of that code is about."""
    return code in FIXES


def apply_fix(
    dataset: Dataset, code: str, rows: frozenset[int] | None = None
) -> FixResult:
    """Mend what findings of one code are about.

    Args:
        dataset: The examples, at least one.
        code: Code of a finding; :func:`can_fix` says which are possible.
        rows: Positions (from 1) to mend; ``None`` means all that need it. Where
            rows contradict each other, naming one settles its whole group.

    Returns:
        The examples after it, and every one that changed or left. Mending the
        result again with the same code changes nothing.

    Raises:
        KeyError: No fix has that code; a fault of the caller.
    """
    return FIXES[code](dataset, rows)


def apply_all(dataset: Dataset, findings: Iterable[Finding]) -> FixResult:
    """Apply every safe fix that the findings ask for, as one change.

    Safe are the fixes that keep the words of all examples, and those that take out
    a copy or an example with nothing to learn from (``SAFE``). What needs a
    decision (which answer is right, whether an example is cut) stays.
    """
    asked = {finding.code for finding in findings}
    fixes = [FIXES[code] for code in SAFE if code in asked]
    return _until_settled(dataset, fixes)


def _until_settled(dataset: Dataset, fixes: Iterable[Fix]) -> FixResult:
    """Apply fixes in turn until none changes anything, and tell it as one change."""
    steps = list(fixes)
    now, origins = renumber(dataset), list(range(1, len(dataset) + 1))
    before: Dataset | None = None
    while now != before:
        before = now
        for step in steps:
            result = step(now, None)
            gone = {change.row for change in result.changes if change.after is None}
            origins = [row for at, row in enumerate(origins, 1) if at not in gone]
            now = result.dataset
    final: dict[int, Example | None] = dict.fromkeys(range(1, len(dataset) + 1))
    final |= zip(origins, now.examples, strict=True)
    return rebuild(dataset, final)


def _mending(code: str, check: Check, mend: _Mend) -> Fix:
    """Return the fix that mends each example that the check names, and its copies.

    What is named depends for some checks on all the examples, so a fix of all of
    them looks again at what is left.
    """

    def fix(dataset: Dataset, rows: frozenset[int] | None) -> FixResult:
        if rows is None:
            everything = frozenset(range(1, len(dataset) + 1))
            return _until_settled(dataset, [lambda now, _: fix(now, everything)])
        named = _named(dataset, code, check) & rows
        if code not in COPIES:
            named = _with_copies(dataset, named)
        return rebuild(dataset, {r: mend(dataset.examples[r - 1]) for r in named})

    return fix


def _with_copies(dataset: Dataset, rows: Collection[int]) -> set[int]:
    same = {identity(dataset.examples[row - 1]) for row in rows}
    if not same:
        return set()
    return {row for row, e in enumerate(dataset, 1) if identity(e) in same}


def _taking_out(code: str, check: Check) -> Fix:
    return _mending(code, check, lambda _: None)


def _named(dataset: Dataset, code: str, check: Check) -> set[int]:
    found = check(renumber(dataset))
    return {f.line for f in found if f.code == code and f.line is not None}


def _keep_the_usual(code: str) -> Fix:
    """Return the fix that leaves each question the answer given most often.

    Of a tie, the first stays: it is the one that the finding names.
    """

    def fix(dataset: Dataset, rows: frozenset[int] | None) -> FixResult:
        if not _named(dataset, code, repeats.check_repeated):
            return rebuild(dataset, {})
        groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for row, example in enumerate(dataset, 1):
            groups[repeats.asked(example)].append(row)
        out: dict[int, Example | None] = {}
        for group in groups.values():
            if rows is None or not rows.isdisjoint(group):
                out |= dict.fromkeys(_unusual(dataset, group), None)
        return rebuild(dataset, out)

    return fix


def _unusual(dataset: Dataset, group: list[int]) -> list[int]:
    targets = {row: comparable(dataset.examples[row - 1].target) for row in group}
    usual = Counter(targets.values()).most_common(1)[0][0]
    return [row for row, target in targets.items() if target != usual]


def _respell(dataset: Dataset, rows: frozenset[int] | None) -> FixResult:
    best, _ = choose_spellings(Counter(example.target for example in dataset))
    return _relabel(dataset, rows, lambda e: best[e.target])


def _correct_typos(dataset: Dataset, rows: frozenset[int] | None) -> FixResult:
    if rows is None:
        everything = frozenset(range(1, len(dataset) + 1))
        return _until_settled(dataset, [lambda now, _: _correct_typos(now, everything)])
    meant = classes.likely_typos(dataset)
    return _relabel(dataset, rows, lambda e: meant.get(e.target, e.target))


def _relabel(
    dataset: Dataset, rows: frozenset[int] | None, name: Callable[[Example], str]
) -> FixResult:
    if not dataset.labels:
        return rebuild(dataset, {})
    renamed = {
        row: with_target(example, name(example))
        for row, example in enumerate(dataset, 1)
        if example.target.strip() and (rows is None or row in rows)
    }
    return rebuild(dataset, renamed)


FIXES: Mapping[str, Fix] = {
    "template_tokens": _mending(
        "template_tokens",
        content.check_template_tokens,
        lambda e: mend_messages(e, without_tokens),
    ),
    "html": _mending(
        "html", content.check_markup, lambda e: mend_messages(e, without_markup)
    ),
    "formula": _mending(
        "formula", content.check_formulas, lambda e: mend_messages(e, without_formula)
    ),
    "label_spelling": _respell,
    "label_typo": _correct_typos,
    "stray_spaces": _mending(
        "stray_spaces",
        style.check_spaces,
        lambda e: with_target(e, e.target.strip()),
    ),
    "mixed_closing": _mending(
        "mixed_closing",
        endings.check_closing,
        lambda e: with_target(e, with_full_stop(e.target)),
    ),
    "empty_prompt": _taking_out("empty_prompt", content.check_empty),
    "empty_answer": _taking_out("empty_answer", content.check_empty),
    "empty_label": _taking_out("empty_label", content.check_empty),
    "placeholder": _taking_out("placeholder", content.check_placeholders),
    "answer_is_question": _taking_out("answer_is_question", content.check_echo),
    "truncated": _taking_out("truncated", endings.check_truncated),
    "other_language": _taking_out("other_language", language.check_language),
    "mixed_languages": _taking_out("mixed_languages", language.check_language),
    "duplicate": _taking_out("duplicate", repeats.check_repeated),
    "near_duplicate": _taking_out("near_duplicate", check_near_duplicates),
    "two_answers": _keep_the_usual("two_answers"),
    "two_labels": _keep_the_usual("two_labels"),
    "personal_data": mask_dataset,
}

# In this order: all examples have a say in how a label is spelt, also those that go;
# and mended texts may turn out to be copies, which go last.
SAFE = (
    "label_spelling",
    "template_tokens",
    "html",
    "formula",
    "stray_spaces",
    "mixed_closing",
    "empty_prompt",
    "empty_answer",
    "empty_label",
    "placeholder",
    "answer_is_question",
    "duplicate",
)
