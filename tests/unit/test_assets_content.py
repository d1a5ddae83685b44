"""The workshop's content: templates, rubric, use cases and lessons hold together."""

import csv
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from ftcore.data.examples import Task
from ftcore.texts import ASSETS, catalog

TEMPLATES = sorted(path.parent for path in ASSETS.glob("templates/*/template.yaml"))
USE_CASES = (
    "support_chatbot",
    "sales_assistant",
    "document_classifier",
    "content_generator",
    "own",
)
LESSONS = (
    "step_1_use_case",
    "step_2_data",
    "step_3_tool",
    "step_4_training",
    "step_5_testing",
    "step_6_presenting",
    "what_is_fine_tuning",
    "common_mistakes",
    "glossary",
    "faq",
    "next_steps",
)
TEXT_KEYS = {
    "title",
    "example",
    "goal",
    "data_needed",
    "objective",
    "system_prompt",
    "project_name",
    "icon",
}
CLASSES = {"urgente", "normal", "baja"}
OPENINGS = {"¿": "?", "¡": "!"}

every_template = pytest.mark.parametrize(
    "folder", TEMPLATES, ids=lambda path: path.name
)


def _meta(folder: Path) -> dict[str, object]:
    return yaml.safe_load((folder / "template.yaml").read_text(encoding="utf-8"))


def _pairs(folder: Path, part: str) -> list[tuple[str, str]]:
    """Return (everything asked, answer) for each example of one file."""
    table = folder / f"{part}.csv"
    if table.exists():
        with table.open(encoding="utf-8", newline="") as file:
            return [(row["text"], row["label"]) for row in csv.DictReader(file)]
    lines = (folder / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
    return [_pair(json.loads(line)) for line in lines]


def _pair(row: Mapping[str, object]) -> tuple[str, str]:
    if "prompt" in row:
        return str(row["prompt"]), str(row["completion"])
    messages = row["messages"]
    assert isinstance(messages, list)
    roles = [message["role"] for message in messages]
    assert roles == ["user", "assistant"] * (len(roles) // 2), roles
    asked = [m["content"] for m in messages if m["role"] == "user"]
    return " ".join(asked), messages[-1]["content"]


def _normalised(sentence: str) -> str:
    plain = unicodedata.normalize("NFKD", sentence.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.findall(r"[a-z0-9]+", letters))


def _chat_templates() -> list[Path]:
    return [folder for folder in TEMPLATES if _meta(folder)["task"] == "chat"]


every_chat = pytest.mark.parametrize(
    "folder", _chat_templates(), ids=lambda path: path.name
)


def _unpaired_signs(sentence: str) -> list[str]:
    return [
        opening
        for opening, closing in OPENINGS.items()
        if sentence.count(opening) != sentence.count(closing)
    ]


def test_there_is_one_template_for_each_use_case() -> None:
    assert sorted(str(_meta(path)["use_case"]) for path in TEMPLATES) == sorted(
        USE_CASES
    )


def test_templates_are_offered_in_an_order_without_ties() -> None:
    assert len({_meta(path)["order"] for path in TEMPLATES}) == len(TEMPLATES)


@every_template
def test_a_template_says_all_that_a_card_shows(folder: Path) -> None:
    meta = _meta(folder)
    assert meta["task"] in {task.value for task in Task}
    for key in TEXT_KEYS:
        value = meta[key]
        assert isinstance(value, str), key
        assert value.strip(), key
    questions = meta["sample_questions"]
    assert isinstance(questions, list)
    assert len(set(questions)) == 3
    assert ("refusal" in meta) == (meta["task"] == "chat")


@every_template
def test_the_number_of_examples_is_the_one_announced(folder: Path) -> None:
    meta = _meta(folder)
    low, high = meta["examples_min"], meta["examples_max"]
    assert isinstance(low, int)
    assert isinstance(high, int)
    assert low <= len(_pairs(folder, "train")) <= high
    assert str(meta["data_needed"]).startswith(f"{low}-{high} ")


@every_template
def test_no_field_is_empty_or_padded(folder: Path) -> None:
    for part in ("train", "test"):
        for asked, answer in _pairs(folder, part):
            assert asked == asked.strip() != ""
            assert answer == answer.strip() != ""


@every_template
def test_no_question_is_asked_twice(folder: Path) -> None:
    asked = [
        _normalised(pair[0])
        for part in ("train", "test")
        for pair in _pairs(folder, part)
    ]
    repeated = [question for question, times in Counter(asked).items() if times > 1]
    assert repeated == []


@every_template
def test_sample_questions_are_new_too(folder: Path) -> None:
    samples = _meta(folder)["sample_questions"]
    assert isinstance(samples, list)
    seen = {
        _normalised(asked)
        for part in ("train", "test")
        for asked, _ in _pairs(folder, part)
    }
    assert seen.isdisjoint(_normalised(question) for question in samples)


@every_template
def test_spanish_questions_open_as_they_close(folder: Path) -> None:
    sentences = [text for pair in _pairs(folder, "train") for text in pair]
    sentences += [answer for _, answer in _pairs(folder, "test")]
    assert [text for text in sentences if _unpaired_signs(text)] == []


@every_template
def test_contacts_are_invented(folder: Path) -> None:
    written = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())
    )
    domains = re.findall(r"@([\w.-]*\w)", written)
    assert set(domains) <= {"example.com"}
    assert set(re.findall(r"\b\d{3} \d{4}\b", written)) <= {"555 0140"}


@every_chat
def test_chat_answers_are_one_to_three_sentences(folder: Path) -> None:
    for _, answer in _pairs(folder, "train"):
        sentences = re.split(r"(?<=[.?!])\s+(?=[¿¡A-ZÁÉÍÓÚÑ])", answer)
        assert 1 <= len(sentences) <= 3, answer
        assert answer[-1] in ".?", answer


@every_chat
def test_chat_files_leave_the_system_prompt_to_the_template(folder: Path) -> None:
    for part in ("train", "test"):
        written = (folder / f"{part}.jsonl").read_text(encoding="utf-8")
        assert '"system"' not in written


@every_chat
def test_held_out_chat_answers_are_known_facts_or_the_refusal(folder: Path) -> None:
    refusal = _meta(folder)["refusal"]
    known = {answer for _, answer in _pairs(folder, "train")}
    held_out = [answer for _, answer in _pairs(folder, "test")]
    assert held_out.count(str(refusal)) == 1
    facts = [answer for answer in held_out if answer != refusal]
    assert len(facts) == 9
    assert set(facts) <= known
    assert refusal not in known


def test_sales_conversations_include_some_of_several_turns() -> None:
    lines = (ASSETS / "templates/real_estate/train.jsonl").read_text(encoding="utf-8")
    turns = [len(json.loads(line)["messages"]) for line in lines.splitlines()]
    assert sum(count > 2 for count in turns) >= 3


@pytest.mark.parametrize(("part", "each"), [("train", 15), ("test", 4)])
def test_emails_are_balanced(part: str, each: int) -> None:
    pairs = _pairs(ASSETS / "templates/hr_emails", part)
    assert Counter(label for _, label in pairs) == dict.fromkeys(CLASSES, each)


def test_no_single_word_gives_an_email_away() -> None:
    pairs = _pairs(ASSETS / "templates/hr_emails", "train")
    for label in CLASSES:
        inside = Counter[str]()
        outside = Counter[str]()
        for text, own in pairs:
            (inside if own == label else outside).update(set(_normalised(text).split()))
        giveaways = [
            word for word, n in inside.items() if n >= 8 and outside[word] == 0
        ]
        assert giveaways == []
        assert outside[_normalised(label)] + inside[_normalised(label)] < 3


@pytest.mark.parametrize("part", ["train", "test"])
def test_blog_paragraphs_follow_the_house_style(part: str) -> None:
    for title, paragraph in _pairs(ASSETS / "templates/tech_blog", part):
        assert 50 <= len(paragraph.split()) <= 80, title
        assert paragraph.startswith("¿"), title
        assert paragraph.count("Por ejemplo,") == 1, title
        assert re.search(r" Consejo: [^.]+\.$", paragraph), title
        assert not title.endswith("."), title


def _rubric() -> dict[str, list[dict[str, object]]]:
    written = (ASSETS / "rubrics/course.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(written)


def test_the_rubric_weighs_as_the_course_says() -> None:
    weights = {row["id"]: row["weight"] for row in _rubric()["criteria"]}
    assert weights == {
        "functionality": 0.4,
        "relevance": 0.3,
        "creativity": 0.2,
        "presentation": 0.1,
    }
    assert sum(float(str(weight)) for weight in weights.values()) == pytest.approx(1)


def test_the_levels_go_down_to_zero() -> None:
    minimums = [float(str(row["minimum"])) for row in _rubric()["levels"]]
    assert all(higher > lower for higher, lower in pairwise(minimums))
    assert minimums == [90, 80, 70, 60, 0]


def test_everything_in_the_rubric_has_a_spanish_name() -> None:
    texts = catalog()
    for criterion in _rubric()["criteria"]:
        for key in ("name", "question", "help"):
            assert texts[f"rubric.criteria.{criterion['id']}.{key}"]
    for level in _rubric()["levels"]:
        for key in ("name", "meaning"):
            assert texts[f"rubric.levels.{level['id']}.{key}"]
    for manual in ("tone", "information", "usefulness", "creativity"):
        assert texts[f"rubric.manual.{manual}.question"].startswith("¿")
        assert texts[f"rubric.manual.{manual}.name"]
    for metric in ("accuracy", "relevance", "consistency", "latency"):
        assert texts[f"rubric.metrics.{metric}.name"]
        assert texts[f"rubric.metrics.{metric}.explanation"].endswith(".")


@pytest.mark.parametrize("use_case", USE_CASES)
def test_a_use_case_has_its_texts(use_case: str) -> None:
    for key in ("title", "example", "goal", "data_needed", "hint"):
        assert catalog()[f"use_cases.{use_case}.{key}"].strip()


@pytest.mark.parametrize("folder", TEMPLATES, ids=lambda path: path.name)
def test_cards_and_templates_ask_for_the_same_amount(folder: Path) -> None:
    meta = _meta(folder)
    announced = catalog()[f"use_cases.{meta['use_case']}.data_needed"]
    assert announced.startswith(f"{meta['examples_min']}-{meta['examples_max']} ")


def test_four_industries_offer_three_ideas_each() -> None:
    keys = [key.split(".") for key in catalog() if key.startswith("industries.")]
    ideas = Counter(key[1] for key in keys if key[2].startswith("idea_"))
    assert len(ideas) == 4
    assert set(ideas.values()) == {3}
    assert {key[1] for key in keys if key[2] == "name"} == set(ideas)


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_short_titled_and_clean(name: str) -> None:
    written = (ASSETS / f"lessons/es/{name}.md").read_text(encoding="utf-8")
    assert written.startswith("# ")
    assert written.count("\n## ") >= 2
    assert 150 <= len(written.split()) <= 350
    assert "\t" not in written
    assert _unpaired_signs(written) == []


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_keeps_its_sentences_short(name: str) -> None:
    written = (ASSETS / f"lessons/es/{name}.md").read_text(encoding="utf-8")
    prose = re.sub(r"```.*?```", "", written, flags=re.DOTALL)
    lines = [line for line in prose.splitlines() if not line.startswith(("#", "|"))]
    sentences = [part for line in lines for part in re.split(r"(?<=[.?!:])\s+", line)]
    assert [text for text in sentences if len(text.split()) > 21] == []


def test_every_lesson_file_is_known() -> None:
    found = {path.stem for path in ASSETS.glob("lessons/es/*.md")}
    assert found == set(LESSONS)


def test_the_lesson_on_presenting_adds_up_to_five_minutes() -> None:
    written = (ASSETS / "lessons/es/step_6_presenting.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| \w[^|]*\| ([\d,]+) \|", written, flags=re.MULTILINE)
    assert sum(float(cell.replace(",", ".")) for cell in cells) == 5
