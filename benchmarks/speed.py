"""Where the time of a fit goes: seconds for each stage, the share of each kernel, and how it grows.

    python -m benchmarks.speed CAPTURE [--preset standard] [--repeat N] [--growth views,resolution,lattice]
                               [--factors 0.5,1,2] [-- further options of `python -m backend fit`]

Growth changes one thing at a time: the number of photos used, the pixels along a photo's side, or the cubes along
the lattice's side (the final surface gets the square of the factor as many triangles). Everything runs in
this one process, after a fit that is not counted (kernels compile). Compare only figures of one run.
"""

import argparse
import os
import platform
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

if not __package__:  # run as a script: the folder above holds the packages
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from backend.__main__ import parser as backend_parser
from backend.__main__ import settle_threads
from backend.protocol import FitRequest
from benchmarks.truth import training_file

GROWTH = ("views", "resolution", "lattice")


def main(arguments: list[str] | None = None) -> None:
    """Measure and print tables."""
    options = parse(arguments)
    settle_threads()  # before torch is loaded
    from benchmarks import growth

    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    with tempfile.TemporaryDirectory() as scratch:
        request = request_for(options, Path(scratch) / "result")
        growth.best(replace(request, preset="preview"), 1)  # kernels compile
        with growth.timed_kernels() as clock:
            seconds = growth.best(request, options.repeat)
        print(growth.stage_table(seconds), "\n")
        print(growth.kernel_table(clock, seconds["total"], options.repeat), "\n")
        for kind in options.growth:
            print(growth.growth_table(kind, options.factors, request, options.repeat), "\n")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line; what follows -- goes to the fit."""
    arguments = sys.argv[1:] if arguments is None else arguments
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("capture", type=Path, help="folder of the capture")
    parser.add_argument("--preset", default="standard")
    parser.add_argument("--repeat", type=int, default=1, help="fits for each figure; the fastest counts")
    parser.add_argument("--growth", type=_growth, default=[], metavar="A,B,...", help=f"of {', '.join(GROWTH)}")
    parser.add_argument("--factors", type=lambda text: [float(f) for f in text.split(",")], default=[0.5, 1.0, 2.0])
    options = parser.parse_args(own)
    options.fit_options = arguments[len(own) + 1 :]
    return options


def _growth(text: str) -> list[str]:
    names = text.split(",")
    if not set(names) <= set(GROWTH):
        raise argparse.ArgumentTypeError(f"choose of {', '.join(GROWTH)}")
    return names


def request_for(options: argparse.Namespace, out: Path) -> FitRequest:
    """As `python -m backend fit` would understand it."""
    command = ["fit", str(training_file(options.capture)), "--out", str(out), "--preset", options.preset]
    values = vars(backend_parser().parse_args([*command, *options.fit_options]))
    return FitRequest(**{name: value for name, value in values.items() if name != "command"}).validate()


if __name__ == "__main__":
    main()
