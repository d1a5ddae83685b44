"""The README says what there is: files, pictures, orders and settings."""

import ast
import re
import subprocess
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROOTS = ("ftcore", "pages", "assets", "tests", "docs", "benchmarks", "app.py")
TREE_TITLE = "Qué hay en cada sitio"
SETTINGS_TITLE = "Configuración"
# Folders whose own folders the tree names; the files below them would be a wall.
NAMED_BY_FOLDER = ("assets", "tests", "docs")
NAMED_BY_FILE = ("ftcore/", "pages/", "app.py")

FOLDER = re.compile(r"<summary><code>([^<]+)/</code>: \S")
ENTRY = re.compile(r"- `([^`]+)`: \S")


def section(title: str) -> str:
    """Return the part of the README below one heading."""
    _, _, rest = README.partition(f"\n## {title}\n")
    assert rest, f"README.md has no section '## {title}'."
    return rest.partition("\n## ")[0]


def tracked() -> set[str]:
    """Return the project's files; without a git checkout, what lies on the disk."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=True
        )
        return {name for name in listed.stdout.splitlines() if (ROOT / name).exists()}
    found = [ROOT / root for root in ROOTS]
    found += [path for root in ROOTS for path in (ROOT / root).rglob("*")]
    return {
        path.relative_to(ROOT).as_posix()
        for path in found
        if path.is_file() and "__pycache__" not in path.parts
    }


def tree_lines() -> list[str]:
    """Return every path that the tree explains, once for each line about it."""
    folder, found = "", []
    for line in section(TREE_TITLE).splitlines():
        if opened := FOLDER.match(line):
            folder = f"{opened[1]}/"
            found.append(folder)
        elif line == "</details>":
            folder = ""
        elif entry := ENTRY.match(line):
            found.append(folder + entry[1])
    return found


def folders_of(files: set[str]) -> set[str]:
    """Return every folder that the tree must name, one way or another."""
    parents = {str(p) for f in files for p in PurePosixPath(f).parents} - {"."}
    return {
        name
        for name in parents
        if "/" not in name or str(PurePosixPath(name).parent) in NAMED_BY_FOLDER
    }


def test_every_module_has_its_purpose_in_the_tree():
    told = set(tree_lines())
    # A package's own purpose is the title of its folder.
    modules = [
        name.removesuffix("__init__.py")
        for name in sorted(tracked())
        if name.endswith(".py") and name.startswith(NAMED_BY_FILE)
    ]
    assert modules
    missing = [name for name in modules if name not in told]
    assert not missing, (
        f"In README.md, below '## {TREE_TITLE}', add one Spanish line of 4 to 12 words "
        "inside the <details> block of its folder ('- `name.py`: para qué sirve'); a "
        "new package needs a block of its own, whose <summary> starts with "
        f"'<code>folder/</code>: …'. Missing: {', '.join(missing)}"
    )


def test_every_folder_is_in_the_tree():
    told = tree_lines()
    missing = [
        f"{name}/"
        for name in sorted(folders_of(tracked()))
        if not any(f"{path}/".startswith(f"{name}/") for path in told)
    ]
    assert not missing, (
        f"In README.md, below '## {TREE_TITLE}', add a line or a <details> block that "
        f"says in Spanish what these folders hold: {', '.join(missing)}"
    )


def test_the_tree_names_nothing_that_is_gone():
    gone = [path for path in tree_lines() if not (ROOT / path).exists()]
    assert not gone, (
        f"README.md explains what is not there (any more); remove or rename in "
        f"'## {TREE_TITLE}': {', '.join(gone)}"
    )


def test_the_tree_says_each_thing_once():
    told = tree_lines()
    twice = sorted({path for path in told if told.count(path) > 1})
    assert not twice, f"README.md explains twice: {', '.join(twice)}"


def test_every_purpose_is_short():
    wordy = [
        line
        for line in section(TREE_TITLE).splitlines()
        if ENTRY.match(line) and not 4 <= len(line.split("`: ", 1)[1].split()) <= 12
    ]
    assert not wordy, f"Say it in 4 to 12 words: {wordy}"


def test_every_picture_is_there():
    shown = re.findall(r"!\[[^\]]+\]\(([^)\s]+)\)", README)
    assert shown, "README.md shows no picture of the app."
    missing = [path for path in shown if not (ROOT / path).is_file()]
    assert not missing, f"README.md shows pictures to be made: {', '.join(missing)}"


def test_every_link_inside_the_project_leads_somewhere():
    links = re.findall(r"(?<!!)\[[^\]]+\]\(([^)#\s]+)\)", README)
    broken = [
        link for link in links if "://" not in link and not (ROOT / link).exists()
    ]
    assert not broken, f"README.md links to what is not there: {', '.join(broken)}"


def test_every_make_target_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, re.MULTILINE))
    asked = set(re.findall(r"\bmake ([a-z][a-z-]*)", README))
    assert {"run", "test"} <= asked, "README.md must name `make run` and `make test`."
    assert asked <= targets, f"The Makefile lacks: {', '.join(sorted(asked - targets))}"


def test_the_settings_table_is_what_the_settings_read():
    code = (ROOT / "ftcore" / "settings.py").read_text(encoding="utf-8")
    read = {
        node.args[0].value
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    rows = [r for r in section(SETTINGS_TITLE).splitlines() if r.startswith("| `")]
    told = {name for r in rows for name in re.findall(r"`([A-Z_]+)`", r.split("|")[1])}
    assert read, "No variable was found in ftcore/settings.py."
    assert told == read, (
        f"In the table below '## {SETTINGS_TITLE}' of README.md, "
        f"add {sorted(read - told)} and remove {sorted(told - read)}."
    )
