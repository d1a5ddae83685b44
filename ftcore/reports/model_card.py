"""The model card: what somebody else must know before using the model."""

from ftcore.reports.markdown import bullets, inline
from ftcore.reports.report import Report
from ftcore.reports.results import limits, metrics_table
from ftcore.texts import number, text


def model_card(report: Report) -> str:
    """Return a short model card in Spanish: base, licence, data, figures, limits."""
    data, training = report.dataset, report.training
    facts = bullets(
        [
            text("model_card.base", base=inline(training.base_model)),
            text("model_card.licence", licence=inline(training.base_licence)),
            text("model_card.language"),
            text(
                f"model_card.{'data_one_by_one' if data.one_by_one else 'data'}",
                name=inline(data.name),
                train=number(data.train_examples),
                test=number(data.test_examples),
            ),
            *([text("report.data.version", version=data.version)] * bool(data.version)),
        ]
    )
    has_figures = report.evaluation is not None and report.evaluation.arms
    figures = (
        metrics_table(report.evaluation)
        if report.evaluation is not None and has_figures
        else text("report.no_results")
    )
    parts = [
        f"# {inline(report.project.title)}",
        inline(report.project.objective),
        f"## {text('model_card.sections.facts')}",
        facts,
        f"## {text('model_card.sections.figures')}",
        figures,
        f"## {text('model_card.sections.limits')}",
        bullets([*limits(report.evaluation), text("model_card.not_for")]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
