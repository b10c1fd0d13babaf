"""`python -m backend.head.install ict [SOURCE]`: converts a kit and keeps it where `load_head_model` looks for it.

install.py runs this in the backend's environment. Without a source the model that is installed is looked at. One line
of JSON on standard output tells what there is.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import UserError
from .kits import ict
from .models import installed_model
from .storage import read_model, write_model

CONVERTERS = {"ict": ict.convert}


def install(name: str, source: Path) -> None:
    """Convert the kit in a folder or an archive, and keep it. UserError where that is not possible."""
    write_model(CONVERTERS[name](source), installed_model(name))


def describe(name: str) -> dict:
    """The installed model's file, its size in bytes, its license and what it holds. UserError where it is not whole."""
    path = installed_model(name)
    model = read_model(path)
    return {
        "file": str(path),
        "bytes": path.stat().st_size,
        "license": model.license,
        "identities": len(model.identity_names),
        "expressions": len(model.expression_names),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 2 with the reason on standard error."""
    name, *source = arguments or sys.argv[1:]
    try:
        if source:
            install(name, Path(source[0]))
        print(json.dumps(describe(name)))
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
