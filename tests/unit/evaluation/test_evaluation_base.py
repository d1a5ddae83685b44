"""An evaluation survives being written to a file and read again."""

import json
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from ftcore.chat.base import Arm
from ftcore.data.examples import Task
from ftcore.evaluation.base import AnswerRecord, ArmResult, Evaluation, Interval, Score
from ftcore.evaluation.evaluator import summary

shares = st.floats(0, 1)
seconds = st.floats(0, 1e4)
intervals = st.builds(Interval, shares, shares, shares, st.integers(0, 1000))
scores = st.builds(Score, st.text(), shares, st.booleans(), st.none() | st.text())
records = st.builds(
    AnswerRecord,
    question=st.text(),
    expected=st.text(),
    answer=st.text(),
    scores=st.lists(scores, max_size=3).map(tuple),
    seconds=seconds,
    first_token_seconds=st.none() | seconds,
    probability=st.none() | shares,
)
arms = st.builds(
    ArmResult,
    arm=st.sampled_from(Arm),
    records=st.lists(records, max_size=3).map(tuple),
    accuracy=intervals,
    relevance=intervals,
    consistency=st.none() | intervals,
    mean_seconds=seconds,
    mean_first_seconds=st.none() | seconds,
    chars_per_second=seconds,
)
evaluations = st.builds(
    Evaluation,
    evaluation_id=st.text(),
    model_id=st.text(),
    task=st.sampled_from(Task),
    arms=st.lists(arms, max_size=3).map(tuple),
    created_at=st.datetimes().map(lambda moment: moment.isoformat()),
    seconds=seconds,
)


@given(evaluations)
def test_an_evaluation_survives_a_file(evaluation):
    written = json.dumps(evaluation.to_json(), ensure_ascii=False)
    assert Evaluation.from_json(json.loads(written)) == evaluation


@given(evaluations)
def test_the_summary_holds_every_arm_and_no_answer(evaluation):
    figures = json.loads(json.dumps(summary(evaluation)))
    assert set(figures) == {result.arm.value for result in evaluation.arms}
    for one in figures.values():
        assert set(one["accuracy"]) == {"value", "low", "high", "n"}
        assert "records" not in one


def test_nothing_heavy_is_imported_before_it_is_needed():
    code = (
        "import sys, ftcore.evaluation.evaluator, ftcore.grading.combine,"
        " ftcore.reports.report, ftcore.reports.model_card\n"
        "heavy = {'torch', 'streamlit', 'gradio', 'sklearn', 'scipy', 'pandas',"
        " 'transformers', 'sacrebleu'} & set(sys.modules)\n"
        "sys.exit(','.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
