"""The command line: `python -m backend fit CAPTURE --out DIR …` and `python -m backend serve`."""

import argparse
import os
import signal
import sys

from . import __version__, protocol
from .errors import UserError
from .protocol import CHOICES, FitRequest

DONE, BUG, USER_ERROR, CANCELLED = 0, 1, 2, 130  # exit codes


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    settle_threads()
    options = vars(parser().parse_args(arguments))
    command = options.pop("command")
    try:
        if command == "serve":
            from .serve import main as serve

            return serve()
        return fit(FitRequest(**options))
    except KeyboardInterrupt:
        print("Cancelled.", file=sys.stderr)
        return CANCELLED


def fit(request: FitRequest) -> int:
    """Fit in this process, with progress in the shell and the result folder's path on standard output."""
    from .job import run
    from .terminal import Display

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # to be ended is to be cancelled
    try:
        request.validate()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return USER_ERROR
    with Display() as display:
        final = run(request, display.show)
    if isinstance(final, protocol.Result):
        print(final.folder)
        return DONE
    if isinstance(final, protocol.Cancelled):
        print("Cancelled.", file=sys.stderr)
        return CANCELLED
    print(final.details, end="", file=sys.stderr)
    print(f"error: {final.message}", file=sys.stderr)
    return USER_ERROR if final.user_error else BUG


def parser() -> argparse.ArgumentParser:
    """The options are FitRequest's fields, its defaults and its choices."""
    top = argparse.ArgumentParser(prog="python -m backend", description="Photos become a textured mesh.")
    top.add_argument("--version", action="version", version=f"Likeness {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("serve", help="JSON lines on standard input and output: what the extension talks to")
    fit = commands.add_parser("fit", help="photos to a result folder", argument_default=argparse.SUPPRESS)
    fit.add_argument("capture", metavar="CAPTURE", help="one photo, a folder of photos, or a transforms.json")
    fit.add_argument("--out", required=True, metavar="DIR", help="the result folder")
    for name, choices in CHOICES.items():
        fit.add_argument(f"--{name}", choices=choices, help=f"default: {getattr(FitRequest, name)}")
    fit.add_argument("--head-model", metavar="MODEL", help="auto, builtin, ict or a path; default: auto")
    fit.add_argument("--views", type=_names, metavar="A,B,...", help="names of the views to use; default: all")
    fit.add_argument("--face", type=int, metavar="N", help="which face of the photo, from the left, from 0")
    fit.add_argument("--seed", type=int, metavar="N", help="default: 0")
    fit.add_argument("--time-limit", type=float, metavar="S", help="seconds for the whole job")
    return top


def settle_threads() -> None:
    """Before torch is loaded: threads that wait must sleep, or a busy machine makes a fit several times slower."""
    os.environ.setdefault("KMP_BLOCKTIME", "0")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
