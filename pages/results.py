"""Step 6: examine the model, grade it, present it."""

from ftcore.texts import text
from ftcore.training.base import JobState
from ftcore.ui import cases_view, exam_view, present_view, results_view, rubric_view
from ftcore.ui.cards import empty_state
from ftcore.ui.frame import page_header
from ftcore.ui.guards import require_open
from ftcore.ui.lessons import lesson_expander
from ftcore.ui.navigation import is_projector_view
from ftcore.ui.services import get_workshop
from ftcore.ui.session import participant_id
from ftcore.workshop.steps import Step

workshop, me = get_workshop(), participant_id()
if not is_projector_view():
    page_header("results")
require_open(Step.RESULTS)

if is_projector_view():
    present_view.show_projector(me)
else:
    row = workshop.results.evaluation_row(me)
    dashboard = workshop.results.dashboard(me)
    evaluation = dashboard.evaluation
    is_compared = evaluation is not None and len(evaluation.arms) > 1
    if exam_view.is_under_way(row):
        exam_view.watch(me)
    else:
        if row is not None and row.state == JobState.FAILED:
            exam_view.show_failed()
        if not is_compared:
            with empty_state(
                text("results.empty.title"), text("results.empty.text"), key="exam"
            ):
                exam_view.ask(me)
    if evaluation is not None:
        one_by_one = workshop.results.is_one_by_one(me)
        results_view.show_evaluation(evaluation, one_by_one=one_by_one)
    cases_view.show_cases(me, is_busy=exam_view.is_under_way(row))
    rubric_view.show_rubric(dashboard)
    rubric_view.show_ratings(dashboard, me)
    present_view.show_present(dashboard, me)
    if is_compared and not exam_view.is_under_way(row):
        exam_view.ask(me, again=True)
    lesson_expander("step_6_presenting")
