"""Read the YAML of ``assets/``, with the fast parser where there is one."""

from pathlib import Path
from typing import Any

import yaml

# libyaml's is ten times faster, which the first page feels; not every build has it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:  # noqa: ANN401  (each file has a shape of its own)
    """Return the content of a file of plain values."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
