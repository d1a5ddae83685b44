"""Show the questions of the test that the training gives away, and how to mend them."""

from collections.abc import Callable
from html import escape

import streamlit as st

from ftcore.data.examples import Dataset, Example
from ftcore.data.splitting import Leak, SplitMethod, SplitPlan
from ftcore.texts import number, percent, text
from ftcore.ui.wording import counted, shortened

_MOST_OPEN = 4
_MOST_TEXT = 240


def show_leaks(
    dataset: Dataset,
    plan: SplitPlan,
    hold_out: Callable[[frozenset[int]], None],
    remove: Callable[[frozenset[int]], None] | None,
) -> None:
    """Draw each leak with both texts and one press to mend it; nothing without leaks.

    Args:
        dataset: All the examples.
        plan: Which of them train and which are asked.
        hold_out: Called with the rows (from 1) to ask.
        remove: Called with the rows to take out; ``None`` offers no such button.
    """
    if not plan.leaks:
        return
    with st.container(key="leaks", border=True):
        title = counted("exam_choice.leaks.title", len(plan.leaks))
        st.markdown(f"**! {title}**  \n{text('exam_choice.leaks.why')}")
        for at, leak in enumerate(plan.leaks[:_MOST_OPEN]):
            _show_leak(at, leak, dataset, plan, hold_out, remove)
        rest = len(plan.leaks) - _MOST_OPEN
        if rest > 0:
            st.caption(counted("exam_choice.leaks.more", rest))


def asked_example(leak: Leak, dataset: Dataset, plan: SplitPlan) -> Example:
    """Return the example of the test that a leak is about."""
    is_apart = plan.method is SplitMethod.TEMPLATE
    return (plan.test if is_apart else dataset).examples[leak.test_row - 1]


def _show_leak(
    at: int,
    leak: Leak,
    dataset: Dataset,
    plan: SplitPlan,
    hold_out: Callable[[frozenset[int]], None],
    remove: Callable[[frozenset[int]], None] | None,
) -> None:
    is_apart = plan.method is SplitMethod.TEMPLATE
    train, row = dataset.examples[leak.train_row - 1], number(leak.train_row)
    key = "test_template" if is_apart else "test"
    asked = text(f"exam_choice.leaks.{key}", number=number(leak.test_row))
    likeness = text("exam_choice.leaks.likeness", percent=percent(leak.likeness))
    learned = text("exam_choice.leaks.train", number=row)
    st.html(
        f'<div class="ft-pair">{_side(learned, train)}'
        f"{_side(asked, asked_example(leak, dataset, plan))}"
        f'<p class="ft-quiet">{escape(likeness)}</p></div>'
    )
    with st.container(key=f"leak-actions-{at}", horizontal=True):
        if not is_apart and st.button(
            text("exam_choice.leaks.move", number=row),
            key=f"leak-move-{at}",
            icon=":material/quiz:",
        ):
            hold_out(frozenset({*plan.held_out, leak.train_row}))
        if remove and st.button(
            text("exam_choice.leaks.remove", number=row),
            key=f"leak-remove-{at}",
            icon=":material/delete:",
            type="tertiary",
        ):
            remove(frozenset({leak.train_row}))


def _side(title: str, example: Example) -> str:
    words = escape(shortened(example.prompt, _MOST_TEXT))
    return f"<div><h4>{escape(title)}</h4><p>{words}</p></div>"
