"""What step 1 offers: every ready template, and a case of one's own."""

from collections.abc import Sequence
from dataclasses import dataclass

from ftcore.data.templates import Template
from ftcore.storage.records import ProjectRow
from ftcore.texts import catalog, text

OWN = "own"


@dataclass(frozen=True, slots=True)
class Choice:
    """One card of step 1.

    Attributes:
        id: Name of the template, or ``own``.
        use_case: Id of one of the course's use cases.
        template: The ready examples; ``None`` for a case of one's own.
        icon: One emoji.
        title: Name of the use case.
        example: The business that the example comes from.
        goal: What the model will do, in one sentence.
        data_needed: How many examples, of what.
    """

    id: str
    use_case: str
    template: Template | None
    icon: str
    title: str
    example: str
    goal: str
    data_needed: str

    @property
    def action(self) -> str:
        """Words of the button that picks this card."""
        if self.template is None:
            return text("project.choose_own")
        return text("project.choose", example=lower_first(self.example))


def list_choices(templates: Sequence[Template]) -> list[Choice]:
    """Return one choice for each template, and 'your own' last."""
    ready = [
        Choice(
            template.name,
            template.use_case,
            template,
            template.icon,
            template.title,
            template.example,
            template.goal,
            template.data_needed,
        )
        for template in templates
    ]
    return [*ready, _own()]


def choice_of(project: ProjectRow | None) -> str | None:
    """Return the id of the choice that a project was made from."""
    if project is None:
        return None
    return project.template or OWN


def text_for(prefix: str, name: str, **params: object) -> str:
    """Return the text written for ``name``, or the one for any other.

    A template added as a folder has no wording of its own yet.
    """
    key = f"{prefix}.{name}"
    return text(key if key in catalog() else f"{prefix}.other", **params)


def lower_first(words: str) -> str:
    """Return the words as they read in the middle of a sentence."""
    return words[:1].lower() + words[1:]


def _own() -> Choice:
    return Choice(
        OWN,
        OWN,
        None,
        text("project.own_icon"),
        text(f"use_cases.{OWN}.title"),
        text("project.own_example"),
        text(f"use_cases.{OWN}.goal"),
        text(f"use_cases.{OWN}.data_needed"),
    )
