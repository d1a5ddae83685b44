"""A big file must be told exactly what a small one with its content is told."""

import csv
import gzip
import io
import json
import sys
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ftcore.data import check as check_module
from ftcore.data import chunks, encodings, json_stream, table_stream
from ftcore.data.check import MOST_PER_CODE, check_file
from ftcore.data.chunks import text_chunks
from ftcore.data.decoding import decode
from ftcore.data.encodings import Source, detect
from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.finding_log import FindingLog
from ftcore.data.findings import Verdict
from ftcore.data.options import Limits, ReadOptions
from ftcore.data.sampling import SAMPLE_ROWS, Sample
from ftcore.data.substance import check_examples
from ftcore.errors import WrongTaskError

sys.path.insert(0, str(Path(__file__).parent))

from odd_files import CASES

NEVER = 10**12
WORDS = "Hola «mundo», ¿qué tal?\nadiós \"sí\" 'no' € 日本 👍 {a} [b] \\ ; | = ```"


def both_ways(monkey, name, content, options=None, *, block=1 << 20, rows=5_000):
    """Check a content at once and as a big file, in blocks of the given size."""
    options = options or ReadOptions()
    monkey.setattr(check_module, "STREAM_FROM", NEVER)
    small = check_file(name, content, options)
    monkey.setattr(check_module, "STREAM_FROM", 0)
    for module in (chunks, encodings):
        monkey.setattr(module, "BLOCK", block)
    monkey.setattr(json_stream, "_WINDOW", 2 * block)
    monkey.setattr(json_stream, "_AHEAD", block)
    monkey.setattr(table_stream, "_HEAD_ROWS", max(3, rows // 2))
    monkey.setattr(table_stream, "_BATCH_ROWS", rows)
    return small, check_file(name, content, options)


def told(report):
    """Return all that a participant is told; spelling mends are told once for all."""
    mends = [
        (m.line, m.before, m.row, codes)
        for m in report.mends
        if (codes := tuple(c for c in m.codes if c != "label_variants"))
    ]
    return replace(report, mends=(), left_out=()), mends, report.left_out


@pytest.fixture
def monkey():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("block", [1 << 20, 300])
def test_an_odd_file_is_told_the_same(monkey, case, block):
    rows = 5_000 if block > 300 else 2
    small, big = both_ways(monkey, case.name, case.content, block=block, rows=rows)
    assert told(big) == told(small)


text = st.text(st.sampled_from(WORDS), min_size=0, max_size=60)
pairs = st.lists(st.tuples(text, text), min_size=2, max_size=40)
ends = st.sampled_from(["\n", "\r\n"])
names = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
blocks = st.integers(250, 2_000)


def table_of(rows, delimiter, end):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerow(["pregunta", "respuesta"])
    writer.writerows(rows)
    return out.getvalue()


@settings(max_examples=60, deadline=None)
@given(pairs, st.sampled_from(",;\t"), ends, names, blocks, st.integers(1, 9))
def test_a_table_reads_the_same_in_blocks(rows, delimiter, end, encoding, block, n):
    content = table_of(rows, delimiter, end).encode(encoding)
    with pytest.MonkeyPatch.context() as patch:
        small, big = both_ways(patch, "d.csv", content, block=block, rows=n)
    assert told(big) == told(small)


@settings(max_examples=60, deadline=None)
@given(pairs, ends, names, blocks, st.data())
def test_json_lines_read_the_same_in_blocks(rows, end, encoding, block, data):
    lines = [
        json.dumps({"prompt": a, "completion": b}, ensure_ascii=False) for a, b in rows
    ]
    broken = data.draw(st.sets(st.integers(1, len(lines)), max_size=3))
    for number in broken & set(range(1, len(lines))):
        lines[number] = lines[number].replace('"}', data.draw(st.sampled_from("}, ")))
    content = (end.join(lines) + end).encode(encoding)
    with pytest.MonkeyPatch.context() as patch:
        small, big = both_ways(patch, "d.jsonl", content, block=block)
    assert told(big) == told(small)


@settings(max_examples=30, deadline=None)
@given(pairs, st.sampled_from([None, 1, 4]), st.booleans(), blocks)
def test_one_array_reads_the_same_in_blocks(rows, indent, wrapped, block):
    values = [{"prompt": a, "completion": b} for a, b in rows]
    whole = {"data": values} if wrapped else values
    content = json.dumps(whole, ensure_ascii=False, indent=indent).encode()
    with pytest.MonkeyPatch.context() as patch:
        small, big = both_ways(patch, "d.json", content, block=block)
    assert told(big) == told(small)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=3_000), st.integers(16, 400))
def test_any_bytes_decode_the_same_in_blocks(content, block):
    whole = decode(content)
    assume(all(finding.code != "empty_file" for finding in whole.findings))
    with pytest.MonkeyPatch.context() as patch:
        for module in (chunks, encodings):
            patch.setattr(module, "BLOCK", block)
        encoding = detect(Source.of(content))
        if encoding is None:
            assert whole.text is None
            return
        found = list(text_chunks(Source.of(content), encoding))
    assert "".join(chunk.text for chunk in found).strip() == (whole.text or "").strip()


def chat_rows(count, start=0):
    return [
        Example.from_pair(
            f"¿Dónde está el pedido {i}?", f"El pedido {i} llega hoy.", i + 2
        )
        for i in range(start, start + count)
    ]


def csv_of(examples):
    return table_of([(e.prompt, e.target) for e in examples], ",", "\n").encode()


def test_many_examples_are_all_checked_and_sampled(monkey):
    rows = chat_rows(SAMPLE_ROWS + 2_000)
    rows += [rows[5], Example.from_pair(rows[7].prompt, "Otra respuesta.")]
    small, big = both_ways(monkey, "d.csv", csv_of(rows), block=50_000, rows=700)
    assert told(big) == told(small)
    assert big.rows == len(rows)
    assert big.verdict is Verdict.ACCEPT_WITH_WARNING
    assert big.dataset is not None
    assert len(big.dataset) == SAMPLE_ROWS
    lines = [example.line for example in big.dataset]
    assert lines == sorted(set(lines))
    codes = {finding.code: finding for finding in big.findings}
    assert {"sampled", "many_examples", "duplicate", "two_answers"} <= set(codes)
    assert codes["duplicate"].line == len(rows)
    assert codes["duplicate"].params == {"first": 7}
    assert codes["two_answers"].params == {"first": 9}


def test_a_path_is_read_like_its_bytes(monkey, tmp_path):
    content = csv_of(chat_rows(300))
    path = tmp_path / "d.csv"
    path.write_bytes(content)
    small, big = both_ways(monkey, "d.csv", content, block=2_000, rows=50)
    assert told(check_file("d.csv", path)) == told(small) == told(big)


@pytest.mark.parametrize("task", list(Task))
def test_tallies_of_a_big_dataset_say_what_the_checks_say(task):
    labels = ["alta", "baja", "Alta ", "rara", "nula"]
    rows = [
        Example.from_pair(f"Texto {i % 90}", labels[min(i % 97, 4)], i + 1)
        for i in range(400)
    ]
    rows += [Example.from_pair("Solo una vez", "única", 401)]
    spelt = [replace_label(e, "alta") if e.target == "Alta " else e for e in rows]
    dataset = Dataset("d", task, tuple(spelt))
    exact = FindingLog()
    check_examples(dataset, exact)
    counted = FindingLog()
    checked = check_examples(dataset, counted, sample_rows=100)
    assert len(checked.dataset) == 100
    assert checked.extent.rows == 401
    for code in ("duplicate", "two_labels", "two_answers", "small_class", "imbalance"):
        assert found(counted, code) == found(exact, code), code


def replace_label(example, label):
    return Example.from_pair(example.prompt, label, example.line)


def found(log, code):
    group = next((g for g in log.groups() if g.first.code == code), None)
    if group is None:
        return None
    return group.count, group.line_count, [finding for _, finding in group.kept]


def test_a_sample_is_fair_seeded_and_has_every_label():
    rows = [
        Example.from_pair(f"t{i}", "rara" if i == 50 else "común") for i in range(900)
    ]
    samples = []
    for _ in range(2):
        sample = Sample(90, by_label=True)
        for start in range(0, 900, 70):
            sample.offer(rows[start : start + 70])
        samples.append(sample.examples())
    assert samples[0] == samples[1]
    assert len(samples[0]) == 90
    assert {example.target for example in samples[0]} == {"rara", "común"}
    late = sum(int(example.prompt[1:]) >= 450 for example in samples[0])
    assert 25 < late < 65  # half of 90, give or take four deviations


def test_a_task_that_only_the_end_tells_is_found(monkey):
    """The first answers look like labels; one long answer shows that none is."""
    rows = [
        {"input": f"Texto {i}", "output": "sí" if i % 2 else "no"} for i in range(80)
    ]
    rows.append(
        {"input": "Texto", "output": "Una respuesta de más de cuatro palabras."}
    )
    content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    small, big = both_ways(monkey, "d.jsonl", content, block=300)
    assert told(big) == told(small)
    assert big.dataset is not None
    assert big.dataset.task is Task.CHAT


def test_a_task_that_cannot_be_served_is_said(monkey):
    turns = [{"role": r, "content": "Hola"} for r in ("user", "assistant") * 2]
    content = "\n".join([json.dumps({"messages": turns})] * 20).encode()
    monkey.setattr(check_module, "STREAM_FROM", 0)
    with pytest.raises(WrongTaskError):
        check_file("d.jsonl", content, ReadOptions(task=Task.CLASSIFICATION))


@pytest.mark.parametrize("name", ["d.csv", "d.jsonl"])
def test_too_many_rows_are_refused(monkey, name):
    examples = chat_rows(60)
    lines = [json.dumps({"prompt": e.prompt, "completion": e.target}) for e in examples]
    content = csv_of(examples) if name == "d.csv" else "\n".join(lines).encode()
    for limit, verdict in ((59, Verdict.REJECT), (60, Verdict.ACCEPT)):
        options = ReadOptions(limits=Limits(max_rows=limit))
        small, big = both_ways(monkey, name, content, options, block=300, rows=7)
        assert small.verdict is big.verdict is verdict
        assert small.message == big.message


def test_a_file_over_the_size_limit_is_refused_unread(tmp_path):
    path = tmp_path / "enorme.csv"
    with path.open("wb") as stream:
        stream.truncate(10_000_000_000)  # takes no room on the disk
    report = check_file(path.name, path)
    assert report.verdict is Verdict.REJECT
    assert report.findings[0].code == "file_too_big"
    assert "10000 MB" in report.message.replace(".", "")
    assert "300 MB" in report.message


def test_a_wrapped_file_too_big_to_read_whole_is_refused(monkey):
    rows = "\n".join(
        f'{{"prompt": "Pregunta {i}", "completion": "Sí"}}' for i in range(50)
    )
    content = f"Aquí tienes los datos:\n```json\n{rows}\n```\n".encode()
    monkey.setattr("ftcore.data.streaming.WHOLE_MB", 0)
    monkey.setattr(check_module, "STREAM_FROM", 0)
    report = check_file("d.jsonl", content)
    assert report.verdict is Verdict.REJECT
    assert report.findings[0].code == "too_big_to_mend"


def test_a_long_object_is_read_whole_wherever_the_window_ends(monkey):
    rows = [{"prompt": f"p{i}", "completion": "á" * (5_000 * i + 1)} for i in range(12)]
    content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    small, big = both_ways(monkey, "d.jsonl", content, block=1_000)
    assert told(big) == told(small)
    assert big.rows == 12


@pytest.mark.parametrize(
    "line",
    ['a,"b', '{"prompt": "a", "completion": "b', "a,b,c,d,e", "x"],
)
def test_many_broken_rows_take_linear_time_and_bounded_room(monkey, line):
    head = "pregunta,respuesta\n" if line[0] != "{" else ""
    good = "hola,adiós\n" if head else '{"prompt": "hola", "completion": "adiós"}\n'
    content = (head + good * 50 + (line + "\n") * 3_000 + good * 50).encode()
    small, big = both_ways(monkey, "d.csv", content, block=20_000, rows=400)
    assert told(big) == told(small)
    assert len(big.left_out) <= 1_000
    for code in {finding.code for finding in big.findings}:
        same = [f for f in big.findings if f.code == code]
        assert len(same) <= MOST_PER_CODE


def test_progress_rises_to_the_end_and_other_threads_live(monkey, tmp_path):
    monkey.setattr(check_module, "STREAM_FROM", 0)
    monkey.setattr("ftcore.data.streaming._PAUSE", 0.0)
    for module in (chunks, encodings):
        monkey.setattr(module, "BLOCK", 20_000)
    path = tmp_path / "d.csv"
    path.write_bytes(csv_of(chat_rows(4_000)))
    shares: list[float] = []
    alive = threading.Event()
    other = threading.Thread(target=alive.set)
    starters = [other.start]

    def tell(share):
        shares.append(share)
        if starters:
            starters.pop()()

    check_file(path.name, path, progress=tell)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 2
    assert alive.is_set()


@pytest.mark.parametrize("kind", ["zip", "gz"])
def test_a_big_text_in_an_archive_is_told_the_same(monkey, tmp_path, kind):
    content = csv_of(chat_rows(200))
    path = tmp_path / f"datos.csv.{kind}"
    if kind == "gz":
        path.write_bytes(gzip.compress(content))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("carpeta/datos.csv", content)
    small, big = both_ways(monkey, path.name, path.read_bytes(), block=900, rows=9)
    assert told(big) == told(small)
    assert big.rows == 200
    options = ReadOptions(limits=Limits(max_unpacked_mb=0))
    small, big = both_ways(monkey, path.name, path.read_bytes(), options)
    assert told(big) == told(small)
    assert big.verdict is Verdict.REJECT


def test_a_file_of_broken_objects_is_given_up_like_a_small_one(monkey):
    good = '{"prompt": "hola", "completion": "adiós"}\n'
    content = (good * 20 + '{"prompt" ¿?}\n' * 10_200 + good * 20).encode()
    small, big = both_ways(monkey, "d.jsonl", content, block=30_000)
    assert told(big) == told(small)
    assert big.rows == 20
    assert "too_many_errors" in {finding.code for finding in big.findings}
