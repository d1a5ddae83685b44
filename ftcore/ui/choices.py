"""What step 1 offers: every ready template, and a case of one's own."""

from collections.abc import Sequence
from dataclasses import dataclass

from ftcore.data.templates import Template
from ftcore.storage.records import ProjectRow
from ftcore.texts import text
from ftcore.ui.wording import lower_first

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
