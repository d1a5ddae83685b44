"""Show which examples are held out and what they can prove, and let them be chosen."""

from collections.abc import Callable, Sequence

import streamlit as st

from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.splitting import SplitMethod, SplitPlan
from ftcore.evaluation.statistics import wilson
from ftcore.texts import number, text
from ftcore.ui.cards import empty_state
from ftcore.ui.exam_leaks import show_leaks
from ftcore.ui.exam_proof import show_proof_figure
from ftcore.ui.tables import html_table
from ftcore.ui.wording import counted, shortened

MOST_CHOOSABLE = 2_000  # options that a browser still lists at once
USUAL_SHARE = 0.75  # of right answers, as an example of what a test can say
_ROUGH_TEST = 30  # below it one answer moves the result by more than 3 points
_MOST_LISTED = 100
_MOST_PROMPT = 70  # characters of an option
_MOST_CELL = 240

HoldOut = Callable[[frozenset[int] | None], None]
Remove = Callable[[frozenset[int]], None]


@st.fragment
def show_exam_choice(
    dataset: Dataset,
    plan: SplitPlan,
    *,
    hold_out: HoldOut,
    remove: Remove | None = None,
) -> None:
    """Draw the test: how it was chosen, what it proves, its leaks, its questions.

    Args:
        dataset: All the examples.
        plan: Which of them train and which are asked.
        hold_out: Called with the rows (from 1) to ask, or ``None`` to leave the
            choice to the app. It draws the page anew.
        remove: Called with the rows to take out of the dataset; ``None`` offers no
            such button.
    """
    count = len(plan.test)
    if not count:
        title = text("exam_choice.empty.title")
        with empty_state(title, text("exam_choice.empty.words"), key="exam"):
            return
    show_leaks(dataset, plan, hold_out, remove)
    left, right = st.columns([1, 1], gap="large")
    with left:
        how = text(f"exam_choice.method.{_method(plan, dataset.task)}")
        st.markdown(f"{counted('exam_choice.count', count)} {how}")
        st.markdown(f"**{text('exam_choice.proof.title')}**  \n{proof(count)}")
        label = counted("exam_choice.list", count)
        with st.expander(label, key="exam-list"):
            _show_questions(dataset, plan)
        with st.expander(text("exam_choice.choose.title"), key="exam-choose"):
            _show_chooser(dataset, plan, hold_out)
    with right:
        show_proof_figure(count, usual_passes(count) / count)


def proof(count: int) -> str:
    """Return what a test of so many questions can prove, in two or three sentences."""
    if count == 1:
        return text("exam_choice.proof.one")
    passed = usual_passes(count)
    found = wilson(passed / count, count)
    verdict = "rough" if count < _ROUGH_TEST else "fine"
    return " ".join(
        [
            text(
                "exam_choice.proof.mistake",
                count=number(count),
                points=number(100 / count, 1 if count > _ROUGH_TEST else 0),
            ),
            text(
                "exam_choice.proof.interval",
                passed=number(passed),
                low=number(100 * found.low),
                high=number(100 * found.high),
            ),
            text(f"exam_choice.proof.{verdict}"),
        ]
    )


def usual_passes(count: int) -> int:
    """Return how many right answers to take as an example, at least one."""
    return max(1, round(USUAL_SHARE * count))


def _method(plan: SplitPlan, task: Task) -> str:
    by_label = task is Task.CLASSIFICATION and plan.method is SplitMethod.STRATIFIED
    return f"{plan.method}_labels" if by_label else plan.method.value


def _show_questions(dataset: Dataset, plan: SplitPlan) -> None:
    rows = plan.held_out or range(1, len(plan.test) + 1)
    numbered = list(zip(rows, plan.test, strict=True))
    is_label = dataset.task is Task.CLASSIFICATION
    columns = ["number", "prompt", "label" if is_label else "target"]
    st.html(
        html_table(
            [text(f"exam_choice.columns.{name}") for name in columns],
            [_cells(row, example) for row, example in numbered[:_MOST_LISTED]],
            caption=text("exam_choice.caption"),
            numeric=[0],
        )
    )
    if len(numbered) > _MOST_LISTED:
        st.caption(text("exam_choice.more", shown=number(_MOST_LISTED)))


def _cells(row: int, example: Example) -> Sequence[str]:
    prompt, target = (
        shortened(t, _MOST_CELL) for t in (example.prompt, example.target)
    )
    return [number(row), prompt, target]


def _show_chooser(dataset: Dataset, plan: SplitPlan, hold_out: HoldOut) -> None:
    if plan.method is SplitMethod.CHOSEN and st.button(
        text("exam_choice.auto"), key="exam-auto", icon=":material/casino:"
    ):
        hold_out(None)
    if len(dataset) > MOST_CHOOSABLE:
        st.caption(text("exam_choice.choose.too_many", most=number(MOST_CHOOSABLE)))
        return
    now = plan.held_out if plan.method is not SplitMethod.LEAVE_ONE_OUT else ()
    chosen = st.multiselect(
        text("exam_choice.choose.label"),
        range(1, len(dataset) + 1),
        default=now,
        format_func=lambda row: _option(row, dataset.examples[row - 1]),
        # Another dataset or another choice starts afresh.
        key=f"exam-rows-{dataset.fingerprint[:12]}-{hash(now)}",
        placeholder=text("exam_choice.choose.placeholder"),
        help=text("exam_choice.choose.help"),
    )
    if not chosen:
        st.caption(text("exam_choice.choose.none"))
    elif set(chosen) == set(now):
        st.caption(text("exam_choice.choose.same"))
    elif st.button(
        counted("exam_choice.choose.keep", len(chosen)), key="exam-keep", type="primary"
    ):
        hold_out(frozenset(chosen))


def _option(row: int, example: Example) -> str:
    prompt = shortened(example.prompt, _MOST_PROMPT)
    return text("exam_choice.choose.option", number=number(row), prompt=prompt)
