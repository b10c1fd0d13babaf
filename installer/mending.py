"""What is wrong with an environment, undone as far as setting it up again then mends it."""

import json
import shutil
from pathlib import Path

from . import SetupError
from .doctor import probe
from .places import environment_python
from .requirements import BACKEND, update_stamp


def clear_faults(environment: Path) -> None:
    """What is broken goes, so that it is made anew; of packages that are missing or wrong, the stamp is forgotten."""
    if not environment_python(environment).exists():
        return
    answer = probe(environment)
    try:
        found = json.loads(answer.stdout) if answer.returncode == 0 else {"fault": "it does not start"}
    except ValueError:
        found = {"fault": "it says nothing"}
    try:
        if "fault" in found and not found.get("wrong"):
            shutil.rmtree(environment)
        elif found["wrong"]:
            update_stamp({BACKEND.name: ""}, environment)
    except OSError as error:
        raise SetupError(f"{error.filename or environment} cannot be removed ({error.strerror}): end the programs that"
                         " use it, then run this again.") from error  # fmt: skip
