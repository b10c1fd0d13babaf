"""The command line: `python -m backend fit CAPTURE --out DIR …`, `… refit RESULT …`, `… render RESULT …`, `… serve`."""

import argparse
import os
import signal
import sys

from . import __version__, protocol
from .errors import UserError
from .request import (
    CHOICES,
    PRESETS,
    REFIT_CHOICES,
    RENDER_CHOICES,
    TEXTURES,
    TURNTABLE,
    AnimateRequest,
    FitRequest,
    RefitRequest,
    RenderRequest,
    Request,
)

DONE, BUG, USER_ERROR, CANCELLED = 0, 1, 2, 130  # exit codes
REQUESTS = {"fit": FitRequest, "refit": RefitRequest, "render": RenderRequest, "animate": AnimateRequest}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    settle_threads()
    options = vars(parser().parse_args(arguments))
    command = options.pop("command")
    try:
        if command == "serve":
            from . import remote, serve

            return remote.main() if options["remote"] else serve.main()
        return work(REQUESTS[command](**options))
    except KeyboardInterrupt:
        print("Cancelled.", file=sys.stderr)
        return CANCELLED


def work(request: Request) -> int:
    """Fit, draw or animate here, with progress in the shell and the path of what came out on standard output."""
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
    """The options are the requests' fields, with their defaults and choices."""
    top = argparse.ArgumentParser(prog="python -m backend", description="Photos become a textured mesh.")
    top.add_argument("--version", action="version", version=f"Likeness {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="JSON lines on standard input and output: what the extension talks to")
    serve.add_argument("--remote", action="store_true", help="for a client on another machine, say through ssh")
    _add_fit(commands.add_parser("fit", help="photos to a result folder", argument_default=argparse.SUPPRESS))
    _add_refit(commands.add_parser("refit", help="a result from some views again", argument_default=argparse.SUPPRESS))
    _add_render(commands.add_parser("render", help="novel views of a result", argument_default=argparse.SUPPRESS))
    _add_animate(
        commands.add_parser("animate", help="a video of the person to a CSV", argument_default=argparse.SUPPRESS)
    )
    return top


def _add_fit(fit: argparse.ArgumentParser) -> None:
    fit.add_argument("capture", metavar="CAPTURE", help="one photo, a folder of photos, or a transforms.json")
    fit.add_argument("--out", required=True, metavar="DIR", help="the result folder")
    for name, choices in CHOICES.items():
        fit.add_argument(f"--{name}", choices=choices, help=f"default: {getattr(FitRequest, name)}")
    fit.add_argument("--head-model", metavar="MODEL", help="auto, builtin, ict or a path; default: auto")
    fit.add_argument("--views", type=_names, metavar="A,B,...", help="names of the views to use; default: all")
    fit.add_argument("--face", type=int, metavar="N", help="which face of the photo, from the left, from 0")
    fit.add_argument("--seed", type=int, metavar="N", help="default: 0")
    fit.add_argument("--time-limit", type=float, metavar="S", help="seconds for the whole job")


def _add_refit(refit: argparse.ArgumentParser) -> None:
    refit.add_argument("result", metavar="RESULT", help="the result folder")
    refit.add_argument("--views", required=True, type=_names, metavar="A,B,...", help="the views to refine from")
    refit.add_argument("--out", metavar="DIR", help="the new result folder; default: in place of RESULT")
    refit.add_argument("--weights", type=_numbers, metavar="A,B,...", help="how much each counts; default: as before")
    for name, choices in (("preset", PRESETS), ("texture", TEXTURES)):
        refit.add_argument(f"--{name}", choices=choices, help="default: that of the fit")
    refit.add_argument("--rebuild", action="store_true", help="make the mesh anew, with other vertices")
    for name, choices in REFIT_CHOICES.items():
        refit.add_argument(f"--{name}", choices=choices, help=f"default: {getattr(RefitRequest, name)}")
    refit.add_argument("--time-limit", type=float, metavar="S", help="seconds for the whole job")


def _add_render(render: argparse.ArgumentParser) -> None:
    render.add_argument("result", metavar="RESULT", help="the result folder")
    render.add_argument("--out", required=True, metavar="DIR|FILE.mp4", help="a folder for pictures, or a video")
    path = render.add_mutually_exclusive_group()
    path.add_argument("--turntable", type=int, metavar="N", help=f"frames of a full turn; default: {TURNTABLE}")
    path.add_argument("--cameras", metavar="FILE", help="a transforms.json in the capture's frame")
    render.add_argument("--size", type=int, metavar="PIXELS", help="longer side; default: the photos', or the cameras'")
    for name, choices in RENDER_CHOICES.items():
        render.add_argument(f"--{name}", choices=choices, help=f"default: {getattr(RenderRequest, name)}")
    render.add_argument("--fps", type=int, metavar="N", help=f"frames a second; default: {RenderRequest.fps}")


def _add_animate(animate: argparse.ArgumentParser) -> None:
    animate.add_argument("result", metavar="RESULT", help="the result folder of a fit of the person")
    animate.add_argument("frames", metavar="FRAMES", help="a video, or a folder of its frames")
    animate.add_argument("--out", required=True, metavar="FILE.csv", help="the animation, as Live Link Face writes it")
    animate.add_argument("--fps", type=float, metavar="N", help="frames a second; default: the video's own, or 30")


def settle_threads() -> None:
    """Before torch is loaded: threads that wait must sleep, or a busy machine makes a fit several times slower."""
    os.environ.setdefault("KMP_BLOCKTIME", "0")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(number) for number in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
