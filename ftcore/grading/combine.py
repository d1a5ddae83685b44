"""Turn metrics, the owner's ratings and the group's votes into scores of the rubric.

Each criterion is the plain mean of the sources it has (all on 0 to 100):

* functionality = accuracy of the tuned arm · rating 'information' · votes
* relevance = relevance of the tuned arm · ratings 'usefulness' and 'tone' · votes
* creativity = rating 'creativity' · votes
* presentation = votes; without votes, the share of the presentation that is ready

A metric is a measurement, a rating one opinion and the votes many; a plain mean is
what a participant can check by hand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ftcore.chat.base import Arm
from ftcore.errors import ScoreOutOfRangeError, UnknownCriterionError
from ftcore.evaluation.base import ArmResult, Evaluation

LOWEST_RATING, HIGHEST_RATING = 1, 5
POINTS_PER_STEP = 20  # 1-5 becomes 20-100: 3 of 5 reads as 60 %, as with stars

CRITERIA = ("functionality", "relevance", "creativity", "presentation")
MANUAL_CRITERIA = ("tone", "information", "usefulness", "creativity")
_RATINGS_OF: Mapping[str, tuple[str, ...]] = {
    "functionality": ("information",),
    "relevance": ("usefulness", "tone"),
    "creativity": ("creativity",),
    "presentation": (),
}


@dataclass(frozen=True, slots=True)
class Rating:
    """One person's judgement of one criterion.

    Attributes:
        rater_id: Who judges.
        criterion: One of :data:`MANUAL_CRITERIA` for the owner, of
            :data:`CRITERIA` for a vote.
        value: 1 to 5.

    Raises:
        ScoreOutOfRangeError: The value is not within 1 to 5.
    """

    rater_id: str
    criterion: str
    value: int

    def __post_init__(self) -> None:
        if not LOWEST_RATING <= self.value <= HIGHEST_RATING:
            raise ScoreOutOfRangeError(
                criterion=self.criterion,
                value=self.value,
                minimum=LOWEST_RATING,
                maximum=HIGHEST_RATING,
            )


@dataclass(frozen=True, slots=True)
class CriterionEvidence:
    """A criterion's score and what it is made of, all 0 to 100.

    Attributes:
        value: Mean of the sources present; ``None`` if there is none.
        from_metrics: From the automatic evaluation; for the presentation, the share
            of its parts that are ready.
        from_ratings: From the owner.
        from_votes: From the group.
        n_votes: People who voted on it.
    """

    value: float | None
    from_metrics: float | None
    from_ratings: float | None
    from_votes: float | None
    n_votes: int


def criterion_scores(
    evaluation: Evaluation | None,
    ratings: Sequence[Rating],
    votes: Sequence[Rating],
    *,
    presentation_checklist: float | None = None,
) -> dict[str, CriterionEvidence]:
    """Return the evidence for each criterion of the course's rubric.

    If a person judged a criterion twice, the last judgement counts.

    Args:
        evaluation: Automatic evaluation; only its arm 'tuned' is graded.
        ratings: The owner's judgements.
        votes: Other people's judgements.
        presentation_checklist: Share of the presentation that is ready, 0 to 1.

    Raises:
        UnknownCriterionError: A rating or a vote is for no such criterion.
        ScoreOutOfRangeError: The checklist's share is not within 0 to 1.
    """
    _check(ratings, MANUAL_CRITERIA)
    _check(votes, CRITERIA)
    if presentation_checklist is not None and not 0 <= presentation_checklist <= 1:
        raise ScoreOutOfRangeError(
            criterion="presentation",
            value=presentation_checklist,
            minimum=0,
            maximum=1,
        )
    metrics = _metrics(evaluation, presentation_checklist)
    return {
        name: _evidence(name, metrics.get(name), ratings, votes) for name in CRITERIA
    }


def _check(judgements: Iterable[Rating], allowed: tuple[str, ...]) -> None:
    for judgement in judgements:
        if judgement.criterion not in allowed:
            raise UnknownCriterionError(
                name=judgement.criterion, available=", ".join(allowed)
            )


def _metrics(
    evaluation: Evaluation | None, checklist: float | None
) -> dict[str, float | None]:
    tuned: ArmResult | None = evaluation.arm(Arm.TUNED) if evaluation else None
    measured = tuned is not None and tuned.accuracy.n > 0
    return {
        "functionality": 100 * tuned.accuracy.value if tuned and measured else None,
        "relevance": 100 * tuned.relevance.value if tuned and measured else None,
        "presentation": None if checklist is None else 100 * checklist,
    }


def _evidence(
    name: str, metric: float | None, ratings: Sequence[Rating], votes: Sequence[Rating]
) -> CriterionEvidence:
    rated = _points(ratings, _RATINGS_OF[name])
    voted = _points(votes, (name,))
    from_ratings, from_votes = _mean(rated), _mean(voted)
    sources = [metric, from_ratings, from_votes]
    if name == "presentation" and from_votes is not None:
        sources = [from_votes]  # who heard it knows better than a list of parts
    present = [source for source in sources if source is not None]
    return CriterionEvidence(
        value=_mean(present),
        from_metrics=metric,
        from_ratings=from_ratings,
        from_votes=from_votes,
        n_votes=len(voted),
    )


def _points(judgements: Sequence[Rating], criteria: tuple[str, ...]) -> list[float]:
    last = {
        (one.rater_id, one.criterion): one.value
        for one in judgements
        if one.criterion in criteria
    }
    return [float(POINTS_PER_STEP * value) for value in last.values()]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
