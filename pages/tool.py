"""Step 3: choose where to train; something free is chosen already."""

import streamlit as st

from ftcore.texts import text
from ftcore.ui.base_model_choice import show_base_models
from ftcore.ui.feedback import friendly_errors
from ftcore.ui.frame import page_header
from ftcore.ui.guards import require_open
from ftcore.ui.lessons import lesson_expander
from ftcore.ui.navigation import page
from ftcore.ui.services import get_workshop
from ftcore.ui.session import participant_id
from ftcore.ui.tool_view import ToolCard, show_advisor, show_tools, start_label
from ftcore.ui.wording import counted
from ftcore.workshop.context import LOCAL_TOOL
from ftcore.workshop.steps import Step

page_header("tool")
require_open(Step.TOOL)
who, workshop = participant_id(), get_workshop()
workshop.training.prepare(who)
with friendly_errors():
    chosen = workshop.training.tool(who)
    dataset = workshop.datasets.examples(who)

if dataset is not None:
    usual = {q.price.provider: q for q in reversed(workshop.datasets.costs(who))}
    cards = [ToolCard(o, usual.get(o.name)) for o in workshop.projects.tools(who)]
    selected = next((c for c in cards if c.name == chosen), cards[0])

    with st.container(key="tool-chosen", border=True):
        st.markdown(selected.summary)
        label = start_label(selected, len(dataset))
        if st.button(label, key="start", type="primary"):
            with friendly_errors():
                workshop.projects.choose_tool(who, selected.name)
            st.switch_page(page("train"))

    if selected.name == LOCAL_TOOL:
        show_base_models(workshop.base_models, who, dataset)

    show_advisor([c.name for c in cards if c.is_open])
    st.subheader(text("tool.options"), anchor=False)
    picked = show_tools(cards, selected.name)
    if picked is not None:
        with friendly_errors():
            workshop.projects.choose_tool(who, picked)
        st.rerun()
    unit = counted("data.unit", len(dataset))
    st.caption(text("tool.prices_note", unit=unit))

lesson_expander("step_3_tool")
