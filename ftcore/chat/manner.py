"""What everybody who is compared shares: the instruction, and how answers are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ftcore.chat.base import DEFAULT_SAMPLING, SamplingOptions, usual_sampling
from ftcore.data.examples import Example, Task
from ftcore.models.house import HouseForm
from ftcore.models.retrieval import ExampleIndex
from ftcore.models.trained import TrainedModel

# What is discouraged is what stands in the prompt, too: the words of the example that
# the answer shall repeat. With the usual 1.05, 'incluye' became 'inclueste'.
NO_PENALTY = 1.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How a conversation opens and its answer is drawn.

    A baseline that drew in a worse way than the tuned model would lose for that alone.

    Attributes:
        system_prompt: Opens every conversation.
        task: Of the dataset.
        form: Of the texts of a house, which the tuned model is held to; ``None`` asks
            for none.
    """

    system_prompt: str = ""
    task: Task = Task.CHAT
    form: HouseForm | None = None

    @classmethod
    def of_tuned(cls, manifest: TrainedModel, index: ExampleIndex) -> "Manner":
        """Return the manner of a tuned model that has learnt these examples."""
        form = (
            HouseForm.of([example.target for example in index.examples])
            if manifest.task is Task.COMPLETION
            else None
        )
        return cls(manifest.system_prompt, manifest.task, form)

    def drawn(
        self, options: SamplingOptions, shown: Sequence[Example] = ()
    ) -> SamplingOptions:
        """Return the options; what nobody chose, as suits the task.

        Args:
            options: As they were asked for.
            shown: Examples in the prompt, which an answer may repeat; a text in a
                house's style is about something else.
        """
        may_repeat = self.form is not None or (shown and self.task is Task.CHAT)
        is_usual = options.repeat_penalty == DEFAULT_SAMPLING.repeat_penalty
        if may_repeat and is_usual:
            options = replace(options, repeat_penalty=NO_PENALTY)
        if not options.is_chosen:
            usual = usual_sampling(self.task)
            options = replace(options, temperature=usual.temperature, top_p=usual.top_p)
        return replace(options, form=self.form)

    def guided(
        self, options: SamplingOptions, shown: Sequence[Example]
    ) -> SamplingOptions:
        """Return the options of a tuned model: it also takes words from an example.

        Args:
            options: As they were asked for.
            shown: Examples in the prompt, the nearest first.
        """
        source = shown[0].target if shown and self.form is None else ""
        return replace(self.drawn(options, shown), source=source)
