"""The memory of a server and its child processes, from /proc."""

from collections.abc import Iterator
from pathlib import Path

MEGABYTE = 1024  # kilobytes


def largest_process(root: int) -> tuple[float, float]:
    """Return resident and proportional memory in MB of the largest process among `root` and its descendants.

    Proportional memory (PSS) divides shared pages by the number of processes that share them.
    """
    return max(_memory(pid) for pid in _family(root))


def _family(root: int) -> Iterator[int]:
    yield root
    for child in _children(root):
        yield from _family(child)


def _children(pid: int) -> list[int]:
    listed = (path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return [int(child) for text in listed for child in text.split()]


def _memory(pid: int) -> tuple[float, float]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = {line.split(":")[0]: float(line.split()[1]) for line in lines if line.endswith("kB")}
    return kilobytes["Rss"] / MEGABYTE, kilobytes["Pss"] / MEGABYTE
