"""How much memory there is, and how much this process has held."""

import sys

import psutil

MB = 1e6


def peak_memory_mb() -> float:
    """Return the most memory that this process has held at once, in megabytes."""
    if sys.platform == "win32":
        return float(psutil.Process().memory_info().peak_wset) / MB
    import resource  # noqa: PLC0415  (only where it exists)

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) / MB if sys.platform == "darwin" else float(peak) * 1024 / MB
