"""Read a file for a command that needs a dataset."""

from pathlib import Path

from ftcore.data.check import check_file
from ftcore.data.examples import Dataset, Task
from ftcore.data.findings import Severity
from ftcore.data.options import Limits, ReadOptions
from ftcore.errors import FileNotReadableError, UnusableDatasetError
from ftcore.settings import load_settings


def read_examples(path: Path, task: Task | None = None) -> Dataset:
    """Read and check a file.

    Raises:
        FileNotReadableError: The path cannot be opened.
        UnusableDatasetError: Nothing in it can train.
        WrongTaskError: It does not fit the task.
    """
    options = ReadOptions(task, Limits.of(load_settings()))
    try:
        report = check_file(path.name, path, options)
    except OSError as error:
        raise FileNotReadableError(
            path=str(path), reason=type(error).__name__
        ) from error
    if report.dataset is None:
        blocking = sum(f.severity is Severity.ERROR for f in report.findings)
        raise UnusableDatasetError(
            name=path.name, findings=blocking, message=report.message
        )
    return report.dataset
