"""Everything that ``check`` can say of a dataset beyond what was found in its file."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from ftcore.data.changes import renumber
from ftcore.data.checks import CHECKS
from ftcore.data.destinations.base import Judgement
from ftcore.data.destinations.registry import judge_all
from ftcore.data.examples import Dataset
from ftcore.data.findings import CheckReport, Finding
from ftcore.data.likeness import likeness_texts, near_duplicates
from ftcore.data.quality import Quality, measure_quality
from ftcore.data.splitting import SplitPlan, plan_split
from ftcore.models.embeddings import default_embedder
from ftcore.models.token_counters import token_counter
from ftcore.texts import number, text
from ftcore.training.costs import LocalTime, local_time, quotes
from ftcore.training.prices import Quote

MOST_COMPARED = 2_000  # examples among which near-duplicates are looked for
MOST_AT_ONCE = 100  # the same where an answer is wanted at once: a second


@dataclass(frozen=True, slots=True)
class Facts:
    """What follows from the examples that would train.

    Attributes:
        dataset: The examples, or a sample of them.
        rows: All examples.
        near: Examples that repeat another in other words, by meaning.
        plan: What would train and what would be asked; ``None`` for a sample.
        quality: How good the examples are.
        judgements: What each place to train says, the ready ones first.
        quotes: What training elsewhere would cost.
        local: What training here would take.
    """

    dataset: Dataset
    rows: int
    near: tuple[Finding, ...]
    plan: SplitPlan | None
    quality: Quality
    judgements: tuple[Judgement, ...]
    quotes: tuple[Quote, ...]
    local: LocalTime

    @property
    def balance(self) -> list[tuple[str, int]]:
        """How many examples each label has, the most frequent first."""
        if not self.dataset.labels:
            return []
        return Counter(example.target for example in self.dataset).most_common()

    @property
    def proof(self) -> str:
        """What the test can prove, in Spanish."""
        if self.plan is None:
            return text("cli_check.split.sample")
        count = len(self.plan.test)
        if not count:
            return text("cli_check.split.none")
        how = text(f"cli_check.split.methods.{self.plan.method.value}")
        if count == 1:
            return text("cli_check.split.one", how=how)
        shown = number(count)
        # Rounded down, as the course says it: of eight examples, 12 points each.
        points = int(self.plan.points_per_mistake)
        key = "many" if points > 1 else "little"
        return text(f"cli_check.split.{key}", count=shown, points=points, how=how)

    def to_json(self) -> dict[str, object]:
        """Return the facts as ``check --json`` adds them to the report."""
        return {
            "destinations": [judgement.to_json() for judgement in self.judgements],
            "tokens": [_tokens_json(judgement) for judgement in self.judgements],
            "costs": [self.local.to_json(), *(q.to_json() for q in self.quotes)],
            "near_duplicates": [finding.to_json() for finding in self.near],
            "classes": dict(self.balance),
            "split": self._split_json(),
            "quality": _quality_json(self.quality),
        }

    def _split_json(self) -> dict[str, object] | None:
        if self.plan is None:
            return None
        return {
            "method": self.plan.method.value,
            "train": len(self.plan.train),
            "test": len(self.plan.test),
            "held_out": list(self.plan.held_out),
            "leaks": len(self.plan.leaks),
            "message": self.proof,
        }


def gather_facts(
    dataset: Dataset, rows: int, models_dir: Path, most_compared: int
) -> Facts:
    """Work out everything; what the machine lacks is estimated, never missing.

    Args:
        dataset: The examples, or a sample of them; at least one.
        rows: All examples.
        models_dir: Folder of the base models.
        most_compared: Examples up to which their meanings are compared.
    """
    kept = renumber(dataset)
    near = _near(dataset) if len(dataset) <= most_compared else ()
    plan = plan_split(kept) if rows == len(dataset) else None
    places = {example.line: row for row, example in enumerate(dataset, 1)}
    found = [finding for check in CHECKS for finding in check(kept)]
    found += (replace(finding, line=places[finding.line]) for finding in near)
    tested = len(plan.test) if plan is not None else rows // 5
    judged = judge_all(dataset, lambda n: token_counter(n, models_dir), rows=rows)
    return Facts(
        dataset=dataset,
        rows=rows,
        near=near,
        plan=plan,
        quality=measure_quality(kept, found, test_size=tested),
        judgements=tuple(judged),
        quotes=tuple(quotes(judged)),
        local=local_time(dataset, models_dir, rows=rows),
    )


def report_json(report: CheckReport) -> dict[str, object]:
    """Return how the file was read, as ``check --json`` adds it to the report."""
    table = report.table
    return {
        "columns": table
        and {
            "names": list(table.names),
            "source": table.source,
            "target": table.target,
            "guessed": table.guessed,
            "has_header": table.has_header,
            "sheets": list(table.sheets),
            "sheet": table.sheet,
        },
        "left_out": [
            {"line": row.line, "code": row.code, "raw": row.raw}
            for row in report.left_out
        ],
        "mends": [
            {
                "line": mend.line,
                "row": mend.row,
                "codes": list(mend.codes),
                "before": mend.before,
            }
            for mend in report.mends
        ],
    }


def _near(dataset: Dataset) -> tuple[Finding, ...]:
    vectors = default_embedder().query(likeness_texts(dataset))
    return tuple(near_duplicates(dataset, vectors))


def _tokens_json(judgement: Judgement) -> dict[str, object]:
    return {
        "destination": judgement.destination,
        "tokens": judgement.tokens,
        "longest": judgement.longest,
        "exact": judgement.exact,
    }


def _quality_json(quality: Quality) -> dict[str, object]:
    return {
        "score": quality.score,
        "parts": [
            {"name": part.name, "points": part.points, "most": part.most}
            for part in quality.parts
        ],
        "best": [
            {
                "name": advice.name,
                "gain": advice.gain,
                "message": text(f"quality.advice.{advice.name}", **advice.params),
            }
            for advice in quality.best
        ],
    }
