"""A collection of odd files: verdict, rows, first text and the words told."""

import sys
from pathlib import Path

import pytest

from ftcore.data.check import check_file
from ftcore.data.findings import Severity, Verdict

sys.path.insert(0, str(Path(__file__).parent))

from odd_files import CASES as KNOWN
from odd_files import GOOD
from odd_pasted_files import PASTED_CASES

CASES = [*KNOWN, *PASTED_CASES]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_file_gets_its_verdict(case):
    report = check_file(case.name, case.content)
    got = (report.verdict.value, report.rows, report.first)
    assert got == (case.verdict, case.rows, case.first), report.message
    lowered = report.message.lower()
    assert not [word for word in case.words if word.lower() not in lowered], lowered


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_report_is_whole(case):
    report = check_file(case.name, case.content)
    assert (report.dataset is None) is (report.verdict is Verdict.REJECT)
    if report.dataset is not None:
        assert len(report.dataset) == report.rows
        assert report.dataset.examples[0].prompt == report.first
    ranks = [list(Severity).index(finding.severity) for finding in report.findings]
    assert ranks == sorted(ranks)
    printed = report.to_json()
    assert all(f["message"] and f["fix"] for f in printed["findings"])


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_a_good_file_has_nothing_to_mend(case):
    assert check_file(case.name, case.content).findings == ()


def test_case_names_are_unique():
    assert len({case.name for case in CASES}) == len(CASES)
