"""What opens a conversation unless the project says otherwise."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from ftcore.data.examples import Example, Role, Task
from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml


@dataclass(frozen=True, slots=True)
class TaskPrompt:
    """Default words of a task: its instruction, and how it refuses (if it does)."""

    system_prompt: str
    refusal: str


@cache
def load_prompt(task: Task) -> TaskPrompt:
    """Read ``assets/prompts/<task>.yaml``."""
    path = ASSETS / "prompts" / f"{task.value}.yaml"
    return TaskPrompt(**read_yaml(path))


def common_system_prompt(examples: Sequence[Example]) -> str:
    """Return the system message that most examples bring; empty if most have none."""
    found = Counter(
        next((m.content for m in example.messages if m.role is Role.SYSTEM), "")
        for example in examples
    )
    return found.most_common(1)[0][0] if found else ""


def opening_prompt(given: str, examples: Sequence[Example], task: Task) -> str:
    """Return what opens the conversations of a training.

    Args:
        given: The project's own words; empty takes the next best.
        examples: What is learnt.
        task: Whose default words are the last resort.
    """
    return given or common_system_prompt(examples) or load_prompt(task).system_prompt
