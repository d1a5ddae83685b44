"""The course's advice on where to train, by experience and budget."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

LOCAL = "local"


class Experience(StrEnum):
    """How much a person has done before."""

    NONE = "none"
    SOME = "some"
    CODE = "code"


class Budget(StrEnum):
    """What a person wants to spend."""

    ZERO = "zero"
    LITTLE = "little"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Advice:
    """What to use.

    Attributes:
        ideal: Where the course would send this person.
        use: Where to train today; the same as ``ideal`` if that is open.
    """

    ideal: str
    use: str


# The course: OpenAI for beginners, Hugging Face to experiment at no cost, the big
# clouds for those who already work in one. Without account or money: this machine.
_IDEAL: Mapping[tuple[Experience, Budget], str] = {
    (Experience.NONE, Budget.ZERO): LOCAL,
    (Experience.NONE, Budget.LITTLE): "openai",
    (Experience.NONE, Budget.ANY): "openai",
    (Experience.SOME, Budget.ZERO): LOCAL,
    (Experience.SOME, Budget.LITTLE): "huggingface",
    (Experience.SOME, Budget.ANY): "openai",
    (Experience.CODE, Budget.ZERO): "huggingface",
    (Experience.CODE, Budget.LITTLE): "huggingface",
    (Experience.CODE, Budget.ANY): "google",
}


def recommend(
    experience: Experience, budget: Budget, open_tools: Collection[str]
) -> Advice:
    """Return the course's choice, and what to use today if that is closed.

    Args:
        experience: What the person has done before.
        budget: What the person wants to spend.
        open_tools: Names of the tools that can be used here and now.
    """
    ideal = _IDEAL[experience, budget]
    return Advice(ideal, ideal if ideal in open_tools else LOCAL)
