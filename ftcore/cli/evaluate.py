"""``evaluate``: run held-out examples through every arm of a model."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from ftcore.chat.arms import available_arms
from ftcore.chat.engines import EnginePool
from ftcore.cli.reading import read_examples
from ftcore.data.examples import Example
from ftcore.evaluation.base import Evaluation
from ftcore.evaluation.evaluator import build_evaluation, summary
from ftcore.evaluation.report_lines import describe_arm
from ftcore.jobs.evaluating import evaluate_arm, examples_to_evaluate
from ftcore.jobs.pipeline import save_evaluation
from ftcore.models.trained import load_trained
from ftcore.settings import load_settings
from ftcore.texts import text


def add_parser(subparsers: Any) -> None:  # noqa: ANN401  (argparse has no public name for it)
    """Add the command to the parser of all."""
    parser = subparsers.add_parser("evaluate", help=text("cli.evaluate.help"))
    parser.add_argument("folder", type=Path, help=text("cli.evaluate.folder"))
    parser.add_argument("--test", type=Path, help=text("cli.evaluate.test"))
    parser.add_argument("--json", action="store_true", help=text("cli.json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Evaluate every arm and print the figures with their intervals."""
    model = load_trained(args.folder)
    if args.test is None:
        examples: tuple[Example, ...] = examples_to_evaluate(args.folder)
    else:
        examples = read_examples(args.test, model.task).examples
    evaluation = _evaluate(args.folder, examples)
    if args.test is None:
        save_evaluation(args.folder, evaluation)
    if args.json:
        row = {**evaluation.to_json(), "summary": summary(evaluation)}
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        return 0
    for arm in evaluation.arms:
        sys.stdout.write(describe_arm(arm) + "\n")
    return 0


def _evaluate(folder: Path, examples: tuple[Example, ...]) -> Evaluation:
    from tqdm import tqdm  # noqa: PLC0415  (only commands with a bar draw)

    model = load_trained(folder)
    arms = available_arms(model)
    engines = EnginePool(load_settings().models_dir)
    results = []

    def tick(_done: int, _total: int) -> None:
        bar.update()

    try:
        title, total = text("phases.evaluating"), len(examples) * len(arms)
        with tqdm(total=total, desc=title, disable=None) as bar:
            for arm in arms:
                result = evaluate_arm(folder, arm, engines, examples, on_answer=tick)
                results.append(result)
    finally:
        engines.close()
    return build_evaluation(model.model_id, model.task, results)
