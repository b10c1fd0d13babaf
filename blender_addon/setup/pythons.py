"""Which Python can make the backend's environment: Blender's own, or one of the system. Knows nothing of Blender.

Nothing is ever installed into it: it only makes a virtual environment, which then is the backend's.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..link import UserError
from .environment import bare_environment

VERSIONS = ((3, 11), (3, 12), (3, 10), (3, 13))  # the best first: from 3.13 on there is nothing that finds people
WAIT = 20  # seconds for a Python to answer
_PROBE = (
    "import sys, json, venv, ensurepip; "
    "print(json.dumps([sys.version_info[0], sys.version_info[1], sys.maxsize > 2**32]))"
)


@dataclass(frozen=True)
class Python:
    """A Python that can make environments."""

    command: tuple[str, ...]
    version: tuple[int, int]


def choose(commands: Sequence[tuple[str, ...]] | None = None) -> Python:
    """The best Python of those that the commands start (none given: all that are found here); UserError without one."""
    found = [python for command in (candidates() if commands is None else commands) if (python := probe(command))]
    suitable = [python for python in found if python.version in VERSIONS]
    if not suitable:
        raise UserError(
            "No Python was found that can make an environment. Install Python 3.11 (https://www.python.org/downloads/; "
            "on Debian and Ubuntu python3.11-venv too), then press Install again."
        )
    return min(suitable, key=lambda python: VERSIONS.index(python.version))


def candidates() -> list[tuple[str, ...]]:
    """Commands that may start a Python: Blender's own first, then those on the PATH."""
    own = [Path(sys.executable)] if Path(sys.executable).name.lower().startswith("python") else []
    for folder in (Path(sys.prefix) / "bin", Path(sys.prefix)):
        own += sorted(folder.glob("python3.*")) + sorted(folder.glob("python.exe"))
    names = [f"python{major}.{minor}" for major, minor in VERSIONS] + ["python3", "python"]
    commands = [(str(path),) for path in own if path.is_file()]
    commands += [(path,) for name in names if (path := shutil.which(name))]
    if launcher := shutil.which("py"):  # Windows
        commands += [(launcher, f"-{major}.{minor}") for major, minor in VERSIONS]
    return list(dict.fromkeys(commands))


def probe(command: tuple[str, ...]) -> Python | None:
    """The Python that a command starts; None where it starts none, or one that cannot make environments."""
    try:
        answer = subprocess.run(
            [*command, "-c", _PROBE], stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT, check=False,
            env=bare_environment(), **hidden(),
        )  # fmt: skip
        major, minor, is_64_bit = json.loads(answer.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError, TypeError):
        return None
    return Python(command, (major, minor)) if is_64_bit else None


def hidden() -> dict:
    """Options for a child that opens no window."""
    return {"creationflags": subprocess.CREATE_NO_WINDOW} if sys.platform == "win32" else {}
