"""`install.py test`: exactly what CI runs. pytest comes last, so that its closing line is the last one."""

import subprocess

from .environment import set_up
from .places import ROOT, child_variables, environment_python
from .requirements import BACKEND, BLENDER, TEST

# Whole files, so that what a file's tests share is made once; a fit's tests take half a gigabyte each.
_SIDE_BY_SIDE = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")


def run(pytest_options: list[str]) -> int:
    """Style, the direction of the imports, the tests; returns 0 when all three are content."""
    set_up((BACKEND, TEST, BLENDER))
    python = str(environment_python())
    lint_imports = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    failed = []
    for name, command in (
        ("ruff", [python, "-m", "ruff", "check", "."]),
        ("import-linter", [python, "-c", lint_imports, "--no-logo"]),
        ("pytest", [python, "-m", "pytest", *_SIDE_BY_SIDE, *pytest_options]),
    ):
        if name == "pytest" and failed:
            print(f"Not content: {', '.join(failed)} (see above). The tests run all the same.", flush=True)
        if subprocess.run(command, cwd=ROOT, env=child_variables(), check=False).returncode != 0:
            failed.append(name)
    return 1 if failed else 0
