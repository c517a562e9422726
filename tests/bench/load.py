"""Load from wrk, pinned to its own core."""

import json
import shutil
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.machine import cores, pinned
from tests.bench.rows import NotMeasured

CONNECTIONS = 32
SECONDS = 3
SCRIPTS = Path(__file__).parent
RESULT = "RESULT "


@dataclass(frozen=True)
class Load:
    """The result of one run, or the median of several."""

    per_second: float
    p99: float  # milliseconds
    errors: int  # wrong responses and broken connections
    good: int = 0  # correct responses
    trouble: str = ""  # description of the first run with errors


def read_result(output: str) -> Load:
    """Parse the output of wrk. Raises NotMeasured if there is no result or wrk ran out of forms."""
    results = [line.removeprefix(RESULT) for line in output.splitlines() if line.startswith(RESULT)]
    if not results:
        raise NotMeasured("wrk gave no result")
    result = json.loads(results[-1])
    if result.get("spent"):
        raise NotMeasured("the load generator ran out of forms to send")
    per_second = result["requests"] / (result["microseconds"] / 1_000_000)
    errors = result["network"] + result["status"]
    return Load(per_second, result["p99"] / 1000, errors, result["requests"], _trouble(result))


def _trouble(result: dict[str, int]) -> str:
    """Describe the errors; "" without errors."""
    status = f", the first with status {result['first']}" if result.get("first") else ""
    met = {"connections broke or timed out": result["network"], f"wrong answers{status}": result["status"]}
    return "; ".join(f"{number} {what}" for what, number in met.items() if number)


def median(loads: Sequence[Load]) -> Load:
    """Return the median of each figure and the sum of all responses."""
    return Load(
        statistics.median(load.per_second for load in loads),
        statistics.median(load.p99 for load in loads),
        sum(load.errors for load in loads),
        sum(load.good for load in loads),
        next((load.trouble for load in loads if load.trouble), ""),
    )


def get(url: str, headers: Sequence[str] = (), seconds: int = SECONDS) -> Load:
    """Send as many GETs as possible over CONNECTIONS connections."""
    fields = [argument for header in headers for argument in ("-H", header)]
    return _run([*fields, "-s", str(SCRIPTS / "report.lua"), url], seconds)


def post(url: str, forms: Path, seconds: int = SECONDS) -> Load:
    """Post each line of `forms` once; any status but 303 is an error."""
    return _run(["-s", str(SCRIPTS / "posts.lua"), url, "--", str(forms)], seconds)


def _run(arguments: list[str], seconds: int) -> Load:
    wrk = shutil.which("wrk")
    if not wrk:
        raise NotMeasured("wrk was not found")
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", *arguments]
    done = subprocess.run(
        pinned(cores()[1], command), capture_output=True, text=True, check=False, timeout=seconds + 60
    )
    return read_result(done.stdout)
