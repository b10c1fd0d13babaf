"""Runs `python -m backend fit` as anyone would, and measures it from outside."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class FitRun:
    """A fit that ended well."""

    folder: Path
    seconds: float  # wall time of the whole command
    peak_mb: float | None  # resident memory (mebibytes) of the largest process; None where the system does not tell


def run_fit(capture: Path, out: Path, options: Sequence[str]) -> FitRun:
    """`python -m backend fit CAPTURE --out OUT OPTIONS`; SystemExit with the command when it fails."""
    command = [sys.executable, "-m", "backend", "fit", str(capture.absolute()), "--out", str(out.absolute()), *options]
    # Linux counts the memory of whoever starts a process as the least that it ever held: a small process must start it.
    done = subprocess.run(
        [sys.executable, __file__, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"The fit failed with exit code {done.returncode}: {' '.join(command)}")
    seconds, peak = json.loads(done.stdout)
    return FitRun(out, seconds, peak)


def main() -> int:
    """Run the command on this command line; print its wall seconds and peak memory (mebibytes) as JSON."""
    began = time.perf_counter()
    process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
    if hasattr(os, "wait4"):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        unit = 1 if sys.platform == "darwin" else 1024  # bytes on macOS, kibibytes on Linux
        peak = usage.ru_maxrss * unit / 2**20
    else:  # Windows
        process.wait()
        peak = None
    print(json.dumps([time.perf_counter() - began, peak]))
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
