"""The backend's environment: `.venv` beside install.py, made once, kept up to the pins."""

import contextlib
import importlib.util
import json
import locale
import shutil
import subprocess
import sys
from pathlib import Path

from . import SetupError, pip
from .places import (
    ENVIRONMENT,
    REQUIREMENTS,
    ROOT,
    backend_record,
    child_variables,
    environment_python,
    site_packages,
)
from .requirements import BACKEND, CONSTRAINTS, GROUPS, PIP, Group, fingerprint, outdated, read_stamp, update_stamp
from .status import Status

NEED = {"linux": 9, "win32": 4, "darwin": 4}  # gigabytes; on Linux torch brings CUDA's libraries
POINTER = "likeness.pth"  # in the packages: names the folder that holds `backend`
LEAST = 3  # gigabytes that even the smallest setup takes


def set_up(groups: tuple[Group, ...] = (BACKEND,), environment: Path = ENVIRONMENT) -> bool:
    """Make the environment hold `groups` at their pins; False when it did already."""
    python = environment_python(environment)
    alive = works(python)
    if alive:
        point_to_sources(environment)
    if alive and not outdated(groups, environment):
        return False
    with Status() as status:
        if not alive:
            create(environment, status)
            point_to_sources(environment)
        if read_stamp(environment).get("pip") != PIP:
            pip.install([PIP, "--quiet"], environment, status, needed())
            update_stamp({"pip": PIP}, environment)
        for group in outdated(groups, environment):
            install_group(group, environment, status)
    return True


def create(environment: Path, status: Status) -> None:
    """A new, empty environment, in place of a broken one."""
    environment.parent.mkdir(parents=True, exist_ok=True)
    check_machine(environment)
    status.step(f"Making an environment in {environment}")
    try:
        if environment.exists():
            shutil.rmtree(environment)
        made = subprocess.run(
            [sys.executable, "-m", "venv", str(environment)],
            capture_output=True,
            text=True,
            env=child_variables(),
            check=False,
        )
    except OSError as error:
        raise SetupError(f"{error.filename or environment} cannot be written ({error.strerror}): see that the folder is"
                         " yours, or move Likeness to one that is.") from error  # fmt: skip
    if made.returncode != 0:
        said = (made.stderr.strip() or made.stdout.strip() or "it said nothing").splitlines()[-1]
        raise SetupError(f"Python could not make an environment in {environment} ({said}): see that the folder is yours"
                         " and its disk not full, then run this again.")  # fmt: skip


def point_to_sources(environment: Path) -> None:
    """Let the environment's Python find `backend` from any folder, as a command through ssh needs it.

    Where that cannot be written, it is found from our own folder only.
    """
    packages, encoding = site_packages(environment), locale.getpreferredencoding(False)  # in which Python reads it
    if packages is None:
        return
    with contextlib.suppress(OSError, UnicodeError):
        pointer = packages / POINTER
        if not (pointer.is_file() and pointer.read_text(encoding=encoding) == f"{ROOT}\n"):
            pointer.write_text(f"{ROOT}\n", encoding=encoding)


def check_machine(environment: Path) -> None:
    """SetupError where the environment cannot be made with this Python on this disk."""
    if Path(sys.prefix) == environment:
        raise SetupError(
            "The environment that shall be made anew is the one that runs this: use another Python for install.py."
        )
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SetupError(f"This Python lacks its {missing[0]} module: on Debian or Ubuntu `sudo apt install"
                         f" python{version}-venv` brings it, then run this again.")  # fmt: skip
    free = shutil.disk_usage(environment.parent).free / 1e9
    if free < LEAST:
        raise SetupError(f"This disk has {free:.1f} GB free and Likeness needs {needed()}: make room or move"
                         f" {environment.parent} to another disk, then run this again.")  # fmt: skip


def install_group(group: Group, environment: Path, status: Status) -> None:
    """Install the pins of a group, without moving those of the other groups, and note it in the stamp."""
    status.step("Looking up the packages")
    if group.files:
        others = [name for other in GROUPS if other is not group for name in other.files]
        constraints = [word for name in (CONSTRAINTS, *others) for word in ("-c", str(REQUIREMENTS / name))]
        wanted = [word for name in group.files for word in ("-r", str(REQUIREMENTS / name))]
        pip.install([*wanted, *constraints, "--progress-bar", "raw"], environment, status, needed())
    if group.without_dependencies:
        wanted = [word for name in group.without_dependencies for word in ("-r", str(REQUIREMENTS / name))]
        pip.install([*wanted, "--no-deps", "--progress-bar", "raw"], environment, status, needed())
    update_stamp({group.name: fingerprint(group)}, environment)


def works(python: Path) -> bool:
    """Whether an environment's Python starts: after an upgrade of the system's Python it may not."""
    if not python.exists():
        return False
    return subprocess.run([str(python), "-c", "import pip"], capture_output=True, check=False).returncode == 0


def needed() -> int:
    """Gigabytes that the whole setup takes on this system."""
    return NEED.get(sys.platform, NEED["linux"])


def record_backend(python: Path, record: Path | None = None) -> None:
    """Tell the extension where the backend is."""
    record = record or backend_record()
    text = json.dumps({"python": str(python), "source": str(ROOT)}, indent=2) + "\n"
    try:
        if not record.exists() or record.read_text(encoding="utf-8") != text:
            record.parent.mkdir(parents=True, exist_ok=True)
            record.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SetupError(f"{record} cannot be written ({error.strerror}): see that the folder is yours; without"
                         " the file the extension does not find the backend.") from error  # fmt: skip
