"""The command line of install.py. One function a command; each returns the exit code."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from . import SetupError, checks, demo, doctor, errand, head_model
from .blender import Blender, find, install, validate
from .environment import record_backend, set_up
from .extension import build, validate_without_blender
from .mending import clear_faults
from .places import DEMO_OUT, ENVIRONMENT, environment_python
from .requirements import BACKEND

DESCRIPTION = """\
Without a command: sets up the backend's environment (.venv beside install.py), and installs the extension where
Blender is found. It can be run again at any time and skips what is done."""
DEMO_OPTIONS = ("--out", "--preset", "--portrait", "--blender", "--help")  # others go to the fit and take one value


def main(arguments: list[str]) -> int:
    """Run one command; what the user can mend is told in one sentence."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a console that lacks a letter is no reason to fail
    if errand.asked_for():
        errand.end_with_parent()
    options, others = parser().parse_known_args(with_values(arguments))
    if others and not options.passes_on:
        parser().error(f"unknown: {' '.join(others)}")
    try:
        return options.run(options, others)
    except SetupError as error:
        if errand.asked_for():
            errand.tell(error=str(error))
        print(f"install.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninstall.py: stopped; run it again to go on.", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(
        prog="install.py", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.set_defaults(run=run_setup, passes_on=False)
    add_blender_option(top, default=None)
    commands = top.add_subparsers(metavar="COMMAND")

    def command(name: str, run: Callable, about: str, passes_on: bool = False) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=about, description=about, allow_abbrev=False)
        added.set_defaults(run=run, passes_on=passes_on)
        return added

    fit = command(
        "demo", run_demo, "photos to head.blend, head.glb and pictures; more options go to the fit", passes_on=True
    )
    source = fit.add_mutually_exclusive_group()
    source.add_argument(
        "photos", nargs="?", metavar="PHOTOS",
        help="a photo of a head, a folder of photos, or a transforms.json; default: the photos of a bust in demo/",
    )  # fmt: skip
    source.add_argument(
        "--portrait", action="store_true", help="a public-domain portrait by NASA, downloaded with scikit-image (14 MB)"
    )
    fit.add_argument("--out", type=Path, default=DEMO_OUT, metavar="DIR", help="the result folder; default: out/demo")
    fit.add_argument("--preset", default="standard", choices=("preview", "standard", "high"), help="default: standard")
    add_blender_option(fit)
    command("test", run_tests, "every check that CI runs; more options go to pytest", passes_on=True)
    model = command("head-model", run_head_model, "fetch or take a head model, and convert it")
    model.add_argument("name", choices=tuple(head_model.ADDRESSES), help="ict: ICT-FaceKit light (MIT license)")
    model.add_argument(
        "--from", dest="source", type=Path, metavar="ARCHIVE|DIR", help="its kit; default: downloaded from its authors"
    )
    model.add_argument(
        "--python", type=Path, metavar="PATH", help="the backend's Python; default: that of .venv beside install.py"
    )
    backend = command("backend", run_backend, "the backend's environment alone, at a place of your own")
    backend.add_argument("--environment", type=Path, required=True, metavar="DIR", help="made, or mended, there")
    backend.add_argument("--note", type=Path, metavar="FILE", help="tells the extension of it; default: the user's own")
    add_blender_option(command("build", run_build, "dist/likeness-X.Y.Z.zip, the extension"))
    add_blender_option(command("doctor", run_doctor, "what is installed, what is missing, how to mend it"))
    return top


def with_values(arguments: list[str]) -> list[str]:
    """The demo's arguments, options of the fit joined with their values: else a value is taken for the photos."""
    if "demo" not in arguments:
        return arguments
    joined: list[str] = []
    for word in arguments:
        bare = joined and joined[-1].startswith("--") and "=" not in joined[-1] and joined[-1] not in DEMO_OPTIONS
        if bare and not word.startswith("-"):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def add_blender_option(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    """--blender, before or after the command."""
    parser.add_argument(
        "--blender", default=default, metavar="PATH", help="the Blender to use; default: found by itself"
    )


def run_setup(options: argparse.Namespace, others: list[str]) -> int:
    """The environment, and the extension in Blender."""
    explicit = find(options.blender) if options.blender else None  # a wrong path is told before the long part
    changed = set_up()
    record_backend(environment_python())
    print(f"The backend is {'ready' if changed else 'up to date'} in {ENVIRONMENT}")
    blender = explicit or find()
    if blender is None:
        print(
            "Blender was not found. `python install.py --blender PATH` puts the extension into it; all else works now."
        )
    else:
        put_into(blender)
    print("Next: `python install.py demo`")
    return 0


def put_into(blender: Blender) -> None:
    """The extension, built and installed, and a word on it."""
    done = "has been put into" if install(blender, build(), ENVIRONMENT) else "is up to date in"
    print(f"The extension {done} {blender}: see the tab Likeness in the 3D view's sidebar (key N)")


def run_demo(options: argparse.Namespace, others: list[str]) -> int:
    """The main job, on the photos that come with Likeness, on the portrait, or on others."""
    return demo.run(
        options.photos, options.out.expanduser().absolute(), ["--preset", options.preset, *others], options.blender,
        options.portrait,
    )  # fmt: skip


def run_tests(options: argparse.Namespace, others: list[str]) -> int:
    """What CI runs."""
    return checks.run(others)


def run_head_model(options: argparse.Namespace, others: list[str]) -> int:
    """A head model into the user's folder."""
    return head_model.run(options.name, options.source and options.source.expanduser(), options.python)


def run_backend(options: argparse.Namespace, others: list[str]) -> int:
    """The environment without Blender: what the extension runs when its own Install is pressed."""
    environment = options.environment.expanduser().absolute()
    clear_faults(environment)
    set_up((BACKEND,), environment)
    record_backend(environment_python(environment), options.note)
    print(f"The backend is ready in {environment}")
    return 0


def run_build(options: argparse.Namespace, others: list[str]) -> int:
    """The extension's zip, looked at by Blender's own checker where there is one."""
    archive = build()
    if options.blender:
        validate(find(options.blender), archive)
        verdict = "accepted by Blender"
    elif validate_without_blender(archive):
        verdict = "accepted by the Blender module's checker"
    elif blender := find():
        validate(blender, archive)
        verdict = f"accepted by {blender}"
    else:
        verdict = "not checked, for there is no Blender here"
    print(f"{archive} ({archive.stat().st_size / 1e3:.0f} kB, {verdict})")
    return 0


def run_doctor(options: argparse.Namespace, others: list[str]) -> int:
    """The report."""
    return doctor.run(options.blender)
