"""What may be wrong with the classes of labelled texts."""

from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

from ftcore.data.checking import MIN_EXAMPLES, distinct, numbered, warning
from ftcore.data.cleaning import without_accents
from ftcore.data.examples import Dataset, Task
from ftcore.data.findings import Finding, Severity
from ftcore.data.labels import choose_spellings
from ftcore.data.values import excerpt
from ftcore.texts import percent

MAX_SHARE = 0.70  # of one class before the rest is drowned
MIN_TO_SPLIT = 2  # one text to learn from and another to test with

TYPO_LETTERS = 5  # shorter labels differ by one letter on purpose (alto, alta)
TYPO_RATIO = 0.85  # 'urgnte' and 'urgente' have 0.92; 'interno' and 'externo' 0.71
TYPO_TIMES = 3  # the right spelling is used at least this many times as often


def check_classes(dataset: Dataset) -> Iterator[Finding]:
    """One class only, classes too small to be tested, one class above the rest."""
    if dataset.task is not Task.CLASSIFICATION or not len(dataset):
        return
    counts = Counter(example.target for example in dataset)
    if len(counts) == 1:
        label = excerpt(dataset.examples[0].target)
        yield Finding("one_class", Severity.ERROR, params={"label": label})
        return
    texts = Counter(example.target for _, example in distinct(dataset))
    for label, count in sorted(texts.items()):
        if count < MIN_TO_SPLIT:
            yield warning("small_class", label=excerpt(label))
    label, count = counts.most_common(1)[0]
    share = count / len(dataset)
    if share > MAX_SHARE and len(dataset) >= MIN_EXAMPLES:
        yield warning("imbalance", label=excerpt(label), share=percent(share))


def check_spellings(dataset: Dataset) -> Iterator[Finding]:
    """Labels that differ in case, spaces or accents; a file comes without them."""
    if dataset.task is not Task.CLASSIFICATION:
        return
    chosen, _ = choose_spellings(Counter(example.target for example in dataset))
    for line, example in numbered(dataset):
        best = chosen[example.target]
        if example.target != best:
            found = excerpt(example.target)
            yield warning("label_spelling", line, found=found, label=excerpt(best))


def check_typos(dataset: Dataset) -> Iterator[Finding]:
    """A rare label nearly spelt like a common one."""
    if dataset.task is not Task.CLASSIFICATION:
        return
    meant = likely_typos(dataset)
    for line, example in numbered(dataset):
        if example.target in meant:
            label = excerpt(meant[example.target])
            yield warning(
                "label_typo", line, found=excerpt(example.target), label=label
            )


def likely_typos(dataset: Dataset) -> dict[str, str]:
    """Return rare label -> common label that was probably meant."""
    counts = Counter(example.target for _, example in distinct(dataset))
    common = [label for label, count in counts.items() if count >= TYPO_TIMES]
    rare = [label for label, count in counts.items() if count < MIN_TO_SPLIT]
    found: dict[str, str] = {}
    for label in rare[: 2 * len(counts)]:
        likely = [name for name in common if _is_typo(label, name)]
        if likely:
            found[label] = max(likely, key=lambda name: counts[name])
    return found


def _is_typo(label: str, name: str) -> bool:
    one, other = without_accents(label), without_accents(name)
    if min(len(one), len(other)) < TYPO_LETTERS or one == other:
        return False
    # 'ilegal' and 'legal', 'nivel 1' and 'nivel 2' mean different things.
    if one.endswith(other) or other.endswith(one) or _digits(one) != _digits(other):
        return False
    return _is_swap(one, other) or _likeness(one, other) >= TYPO_RATIO


def _is_swap(one: str, other: str) -> bool:
    """Whether two neighbouring letters changed places: 'nromal' for 'normal'."""
    if len(one) != len(other):
        return False
    apart = [at for at in range(len(one)) if one[at] != other[at]]
    return len(apart) == 2 and apart[1] == apart[0] + 1 and sorted(one) == sorted(other)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _digits(label: str) -> str:
    return "".join(filter(str.isdigit, label))
