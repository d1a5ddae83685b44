"""The development sets of labels measure what they say: nothing seen is asked."""

import csv
from pathlib import Path

import pytest

from ftcore.data.cleaning import comparable
from ftcore.texts import ASSETS

SETS = Path(__file__).parents[2] / "benchmarks" / "quality" / "labels"


def texts_of(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {comparable(row["text"]): row["label"] for row in rows}
    assert len(found) == len(rows), f"{path} holds a text twice"
    return found


@pytest.mark.parametrize("folder", sorted(SETS.iterdir()), ids=lambda path: path.name)
def test_a_set_asks_only_what_it_did_not_teach(folder: Path) -> None:
    train, test = texts_of(folder / "train.csv"), texts_of(folder / "test.csv")
    assert not set(train) & set(test)
    assert set(test.values()) - {"?"} == set(train.values())
    assert len(test) >= 40
    template = ASSETS / "templates" / "hr_emails"
    for name in ("train.csv", "test.csv"):
        assert not set(texts_of(template / name)) & ({*train, *test})
