"""``train``: a file becomes a model folder."""

import argparse
import json
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ftcore.cli.reading import read_examples
from ftcore.data.examples import Dataset, Task
from ftcore.evaluation.evaluator import summary
from ftcore.evaluation.report_lines import describe_arm
from ftcore.jobs.pipeline import Outcome, train_and_evaluate
from ftcore.runtime import DEFAULT_SEED, new_id
from ftcore.settings import Settings, load_settings
from ftcore.texts import duration, number, text
from ftcore.training.base import (
    Forecast,
    Preset,
    ProgressEvent,
    TrainingConfig,
    TrainingRequest,
    never,
)
from ftcore.training.costs import local_time
from ftcore.training.curve import CurveVerdict, judge_curve
from ftcore.training.fitting import Limits, fit
from ftcore.training.jobfolder import CHECKPOINT
from ftcore.training.machine import free_memory_mb
from ftcore.training.presets import configure


def add_parser(subparsers: Any) -> None:  # noqa: ANN401  (argparse has no public name for it)
    """Add the command to the parser of all."""
    parser = subparsers.add_parser("train", help=text("cli.train.help"))
    parser.add_argument("file", type=Path, help=text("cli.train.file"))
    parser.add_argument(
        "--output", type=Path, required=True, help=text("cli.train.output")
    )
    tasks = ["auto", *(task.value for task in Task)]
    parser.add_argument(
        "--task", choices=tasks, default="auto", help=text("cli.train.task")
    )
    parser.add_argument("--base", metavar="NAME", help=text("cli.train.base"))
    parser.add_argument(
        "--preset",
        choices=[preset.value for preset in Preset],
        default=Preset.BALANCED.value,
        help=text("cli.train.preset"),
    )
    parser.add_argument(
        "--seed", type=int, default=DEFAULT_SEED, help=text("cli.train.seed")
    )
    parser.add_argument("--json", action="store_true", help=text("cli.json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train and evaluate; print events, or a bar and what came out."""
    task = None if args.task == "auto" else Task(args.task)
    dataset = read_examples(args.file, task)
    settings = load_settings()
    config = configure(
        dataset.task, Preset(args.preset), len(dataset), args.base, args.seed
    )
    _require_fit(dataset, config, settings)
    request = TrainingRequest(new_id(), dataset, config, title=dataset.name)
    events: list[ProgressEvent] = []
    with JsonProgress() if args.json else BarProgress() as progress:

        def on_event(event: ProgressEvent) -> None:
            events.append(event)
            progress.show(event)

        outcome = train_and_evaluate(
            request,
            args.output,
            models_dir=settings.models_dir,
            on_event=on_event,
            should_stop=never,
            checkpoint_dir=args.output / CHECKPOINT,
            threads=settings.training_threads,
        )
    if args.json:
        _write_json(_finished(args.output, outcome))
    else:
        _print_outcome(args.output, outcome, judge_curve(events))
    return 0


def _require_fit(dataset: Dataset, config: TrainingConfig, settings: Settings) -> None:
    """Refuse what the memory does not hold; nobody counts the minutes here.

    Raises:
        TrainingDoesNotFitError: With what would fit.
    """

    def forecast(one: TrainingConfig) -> Forecast:
        return local_time(dataset, settings.models_dir, one).forecast

    fit(config, forecast, Limits(memory_mb=free_memory_mb())).require()


class JsonProgress:
    """Writes one JSON line an event."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, event: ProgressEvent) -> None:
        """Write the event."""
        _write_json(event.to_json())


class BarProgress:
    """Draws a bar on a terminal, and nothing elsewhere."""

    def __enter__(self) -> Self:
        from tqdm import tqdm  # noqa: PLC0415  (only this command draws)

        self._bar: Any = tqdm(
            total=1,
            unit=text("cli.train.unit"),
            desc=text("cli.train.starting"),
            disable=None,  # off where nobody watches: a file or a pipe
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.close()

    def show(self, event: ProgressEvent) -> None:
        """Move the bar to the event."""
        self._bar.set_description(text(f"phases.{event.phase}"))
        if event.total_steps:
            self._bar.total = event.total_steps
            self._bar.n = event.step
        if event.train_loss is not None:
            self._bar.set_postfix_str(
                text("cli.train.loss", loss=number(event.train_loss, 3))
            )
        self._bar.refresh()


def _finished(folder: Path, outcome: Outcome) -> dict[str, object]:
    model = outcome.model
    evaluation = outcome.evaluation
    return {
        "event": "finished",
        "model_dir": str(folder),
        "task": model.task.value,
        "base_model": model.base_model,
        "examples": model.examples,
        "steps": model.steps,
        "seconds": round(model.seconds, 3),
        "train_loss": model.train_loss,
        "eval_loss": model.eval_loss,
        "kept_epoch": model.kept_epoch,
        "stopped": model.stopped or None,
        "eval": summary(evaluation) if evaluation else {},
    }


def _write_json(row: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _print_outcome(folder: Path, outcome: Outcome, curve: CurveVerdict) -> None:
    model = outcome.model
    say = sys.stdout.write
    say(
        text(
            "cli.train.done",
            folder=folder,
            examples=model.examples,
            steps=model.steps,
            time=duration(model.seconds),
        )
        + "\n"
    )
    if curve.key is not None and model.kept_epoch:
        params = {"epoch": curve.best_epoch, "last": curve.last_epoch}
        say(text(f"train.curve.{curve.key}.title", **params) + ". ")
        say(text(f"train.curve.{curve.key}.note", **params) + "\n")
    if outcome.evaluation is None:
        say(text("cli.train.not_evaluated") + "\n")
        return
    if model.is_one_by_one:
        say(text("cli.train.one_by_one", asked=model.test_examples) + "\n")
    for arm in outcome.evaluation.arms:
        say(describe_arm(arm) + "\n")
