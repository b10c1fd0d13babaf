"""Shell scripts that stand in for programs, and what every message must be."""

import os
from pathlib import Path

import pytest

posix_only = pytest.mark.skipif(os.name == "nt", reason="stands in for programs by shell scripts")


def script(path: Path, *lines: str) -> Path:
    """A shell script that stands in for a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
    path.chmod(0o755)
    return path


def fake_blender(path: Path, version: str) -> Path:
    """It knows its version and nothing else."""
    return script(path, f'echo "Blender {version} LTS"')


def is_one_sentence(text: str) -> bool:
    """What a user is told when something is wrong."""
    return "\n" not in text and text.endswith(".") and len(text) < 300
