"""The rubric: weighted criteria, a scale of levels, and the grade they give."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isclose, isfinite
from pathlib import Path
from typing import Any

from ftcore.errors import ScoreOutOfRangeError, UnknownCriterionError
from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

COURSE_RUBRIC = ASSETS / "rubrics" / "course.yaml"
LOWEST, HIGHEST = 0, 100  # the course's scale, in percent


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is judged.

    Attributes:
        id: Key of ``rubric.criteria.<id>`` in the texts.
        weight: Share of the total, above 0 and up to 1.
    """

    id: str
    weight: float


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the scale.

    Attributes:
        id: Key of ``rubric.levels.<id>`` in the texts.
        minimum: Lowest total that reaches it, 0 to 100.
    """

    id: str
    minimum: float


@dataclass(frozen=True, slots=True)
class Grade:
    """What a rubric says of a set of scores.

    Attributes:
        total: Weighted mean of the scores present, 0 to 100, to one decimal.
        level: The level reached; ``None`` when there is no score at all.
        scores: The scores that it was made of, by criterion.
        missing: Criteria without a score, in the order of the rubric.
    """

    total: float
    level: Level | None
    scores: Mapping[str, float]
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every criterion had a score."""
        return not self.missing

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON file."""
        return {
            "total": self.total,
            "level": self.level.id if self.level else None,
            "scores": dict(self.scores),
            "missing": list(self.missing),
            "is_complete": self.is_complete,
        }


@dataclass(frozen=True, slots=True)
class Rubric:
    """Criteria whose weights sum to 1, and levels from the highest down to 0.

    Raises:
        ValueError: The weights, the levels or the names make no sense.
    """

    name: str
    criteria: tuple[Criterion, ...]
    levels: tuple[Level, ...]

    def __post_init__(self) -> None:
        weights = [criterion.weight for criterion in self.criteria]
        if not isclose(sum(weights), 1.0, abs_tol=1e-9) or min(weights) <= 0:
            raise ValueError(f"Weights must be positive and sum to 1, not {weights}.")
        minimums = [level.minimum for level in self.levels]
        if minimums != sorted(set(minimums), reverse=True):
            raise ValueError(f"Levels must go strictly down, not {minimums}.")
        if not minimums or minimums[-1] != LOWEST or minimums[0] > HIGHEST:
            raise ValueError(f"Levels must end at 0 within 0-100, not {minimums}.")
        names = [*(c.id for c in self.criteria), *(level.id for level in self.levels)]
        if len(names) != len(set(names)):
            raise ValueError(f"Names must be unique, not {names}.")

    def grade(self, scores: Mapping[str, float]) -> Grade:
        """Return the grade of ``scores`` (criterion -> 0 to 100).

        The total is over the weights of the criteria present, so that a missing vote
        does not count as a zero; :attr:`Grade.missing` says what is not there. It is
        rounded to one decimal before the level is read, so that no one sees '90,0'
        beside the level below.

        Raises:
            UnknownCriterionError: A score is for no criterion of this rubric.
            ScoreOutOfRangeError: A score is not within 0 to 100.
        """
        for name, value in scores.items():
            self._check(name, value)
        present = [c for c in self.criteria if c.id in scores]
        missing = tuple(c.id for c in self.criteria if c.id not in scores)
        if not present:
            return Grade(0.0, None, {}, missing)
        weight = sum(c.weight for c in present)
        total = round(sum(c.weight * scores[c.id] for c in present) / weight, 1)
        kept = {c.id: float(scores[c.id]) for c in present}
        return Grade(total, self.level_of(total), kept, missing)

    def level_of(self, total: float) -> Level:
        """Return the highest level whose minimum ``total`` (0 to 100) reaches."""
        return next(level for level in self.levels if total >= level.minimum)

    def _check(self, name: str, value: float) -> None:
        known = [criterion.id for criterion in self.criteria]
        if name not in known:
            raise UnknownCriterionError(name=name, available=", ".join(known))
        if not (isfinite(value) and LOWEST <= value <= HIGHEST):
            raise ScoreOutOfRangeError(
                criterion=name, value=value, minimum=LOWEST, maximum=HIGHEST
            )


def load_rubric(path: Path | None = None) -> Rubric:
    """Read a rubric; the course's own unless a file is given.

    Raises:
        ValueError: The file holds no valid rubric.
    """
    source = path or COURSE_RUBRIC
    loaded = read_yaml(source)
    criteria = (Criterion(row["id"], row["weight"]) for row in loaded["criteria"])
    levels = (Level(row["id"], row["minimum"]) for row in loaded["levels"])
    by_minimum = sorted(levels, key=lambda level: level.minimum, reverse=True)
    return Rubric(loaded.get("id", source.stem), tuple(criteria), tuple(by_minimum))
