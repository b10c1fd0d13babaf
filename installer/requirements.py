"""The pinned dependencies: which files name them, and which of them the environment holds already.

The pins are plain requirement files, because Python 3.10 cannot read TOML; pyproject.toml refers to them.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from .places import ENVIRONMENT, REQUIREMENTS

PIP = "pip==26.3"  # the same on every Python: the one that comes with 3.10 shows no progress
CONSTRAINTS = "constraints.txt"
STAMP = "likeness.json"  # in the environment: what has been installed


@dataclass(frozen=True)
class Group:
    """Requirement files that are installed together. `name` is what the stamp calls it."""

    name: str
    files: tuple[str, ...]
    without_dependencies: tuple[str, ...] = ()  # installed afterwards, with --no-deps


BACKEND = Group("backend", ("backend.txt", "masks.txt", "motion.txt"), ("masks-no-deps.txt",))
TEST = Group("test", ("test.txt",))
BLENDER = Group("blender", ("blender.txt",))
PORTRAIT = Group("portrait", (), ("portrait.txt",))  # for `install.py demo --portrait` alone
GROUPS = (BACKEND, TEST, BLENDER, PORTRAIT)


def fingerprint(group: Group, folder: Path = REQUIREMENTS) -> str:
    """Changes when a pin of the group changes; comments and line endings do not count."""
    digest = hashlib.sha256(PIP.encode())
    for name in (*group.files, *group.without_dependencies, CONSTRAINTS):
        digest.update("\n".join([name, *pins(folder / name)]).encode())
    return digest.hexdigest()


def pins(file: Path) -> list[str]:
    """The requirements of a file, in its order."""
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def read_stamp(environment: Path = ENVIRONMENT) -> dict:
    """What the stamp says; empty where there is none or it is damaged."""
    try:
        stamp = json.loads((environment / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def update_stamp(values: dict, environment: Path = ENVIRONMENT) -> None:
    """Add `values` to the stamp; a stamp is whole or not there."""
    draft = environment / (STAMP + ".new")
    draft.write_text(json.dumps({**read_stamp(environment), **values}, indent=2) + "\n", encoding="utf-8")
    draft.replace(environment / STAMP)


def outdated(groups: tuple[Group, ...], environment: Path = ENVIRONMENT, folder: Path = REQUIREMENTS) -> list[Group]:
    """The groups that must be installed: never installed, or their pins have changed since."""
    stamp = read_stamp(environment)
    return [group for group in groups if stamp.get(group.name) != fingerprint(group, folder)]
