"""Every record of a file is an example, is kept as left out, or is spoken of."""

import csv
import io
import json
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftcore.data.options import Limits, ReadOptions
from ftcore.data.readers import read_dataset

sys.path.insert(0, str(Path(__file__).parent))

from odd_files import CASES
from workbooks import xlsx


def read(content, name="d.jsonl"):
    content = content.encode() if isinstance(content, str) else content
    return read_dataset(name, content, ReadOptions(limits=Limits(max_rows=100_000)))


def accounted(found):
    """Return the lines that are examples, left out or named by a finding."""
    examples = found.dataset.examples if found.dataset else ()
    return (
        {example.line for example in examples}
        | {row.line for row in found.left_out}
        | {finding.line for finding in found.findings}
    )


GOOD = [f'{{"prompt": "p{i}", "completion": "c{i}"}}' for i in range(40)]
JSON_LINES = st.sampled_from(
    [
        '{"prompt": "a", "completion": ""}',
        '{"prompt": "a", "completion": null}',
        '{"prompt": "a", "completion": "b",}',
        "{'prompt': 'a', 'completion': 'b'}",
        '{"prompt": "a", "compl',
        '{"prompt": "a" "completion": "b"}',
        '{"otra": 1}',
        "palabras sueltas",
        "// comentario",
        "",
        '["a", "b"]',
        '{"text": "t", "label": "l"}',
        '{"messages": []}',
        '{"messages": [{"role": "user", "content": "u"}]}',
        '{"role": "user", "content": "u"}',
        "{}",
        "]",
        "}",
        '"texto"',
    ]
)


@settings(deadline=None)
@given(st.lists(JSON_LINES, min_size=1, max_size=12))
def test_every_line_of_jsonl_is_accounted_for(lines):
    mixed = [line for pair in zip(GOOD, lines, strict=False) for line in pair]
    found = read("\n".join(mixed) + "\n")
    if found.dataset is None or any(f.code == "loose_messages" for f in found.findings):
        return  # told for the whole file
    missing = set(range(1, len(mixed) + 1)) - accounted(found)
    assert not missing, [mixed[line - 1] for line in missing]


CELL = st.text('ab,;"\n á', max_size=6)


@settings(deadline=None)
@given(st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=10))
def test_every_row_of_a_table_is_accounted_for(rows):
    table = [["text", "label"], ["hola amigo", "x"], ["adiós", "y"], *rows, ["f", "x"]]
    out = io.StringIO()
    writer = csv.writer(out)
    starts = []
    for row in table:
        starts.append(out.getvalue().count("\n") + 1)
        writer.writerow(row)
    found = read(out.getvalue(), "d.csv")
    missing = set(starts[1:]) - accounted(found)
    assert not missing or found.dataset is None


@settings(deadline=None, max_examples=20)
@given(
    st.lists(
        st.lists(st.sampled_from([None, "a", " ", "b c"]), min_size=1, max_size=3),
        min_size=1,
        max_size=8,
    )
)
def test_every_row_of_a_sheet_is_accounted_for(rows):
    table = [["text", "label"], ["hola amigo", "x"], *rows, ["f", "x"]]
    found = read(xlsx(("H", table)), "d.xlsx")
    assert set(range(2, len(table) + 1)) <= accounted(found)


@given(st.sampled_from([case for case in CASES if case.rows]))
def test_mends_and_left_out_are_in_order_and_point_at_examples(case):
    found = read(case.content, case.name)
    count = len(found.dataset)
    rows = [mend.row for mend in found.mends]
    assert rows == sorted(set(rows))
    assert all(1 <= row <= count for row in rows)
    for mend in found.mends:
        assert mend.codes
        assert mend.before.strip()
        assert found.dataset.examples[mend.row - 1].line == mend.line
    lines = [row.line for row in found.left_out]
    assert lines == sorted(lines)
    assert all(row.raw.strip() and row.code for row in found.left_out)


@pytest.mark.parametrize(
    ("name", "head", "line"),
    [
        ("d.jsonl", "", '{"prompt": "a", "compl'),
        ("d.jsonl", "", '{"prompt": "a", "completion": "b",}'),
        ("d.csv", "text,label\n", "sola"),
        ("d.csv", "text,label\n", 'a "b,"c'),
    ],
)
def test_broken_rows_take_linear_time(name, head, line):
    def seconds(count):
        good = '{"prompt": "x", "completion": "y"}' if not head else "x,y"
        text = head + f"{good}\n{line}\n" * count
        started = time.process_time()
        found = read(text, name)
        assert len(found.mends) + len(found.left_out) >= count
        return time.process_time() - started

    seconds(500)
    small, large = seconds(2_500), seconds(20_000)
    assert large < 8 * small * 3  # eight times the rows, and room for noise


def test_rows_of_one_line_take_linear_time():
    rows = [{"text": "a", "label": ""}, {"text": "b", "label": "l"}] * 10_000
    started = time.process_time()
    found = read(json.dumps(rows), "d.json")
    assert len(found.left_out) == 10_000
    assert json.loads(found.left_out[-1].raw) == rows[0]
    assert time.process_time() - started < 20
