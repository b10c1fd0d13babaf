"""How quick and how good the representations are: beside a plain PyTorch peer, and through the command line.

    python -m benchmarks.fields CAPTURE [--parts peer,capture] [--cache DIR] [--out DIR] [--seed N]
                                [--representations surface,hash,gaussian,sdf,nerf] [-- further options of `fit`]

Part "peer": 100 photos of 100² of the project's own bust (made in the cache folder when they are not there yet).
The peer (peer_hash_nerf.py) takes 200 steps; hash and gaussian then get a tenth of its seconds, hash a quarter too.
PSNR over white, on the same 10 held-out photos: over the subject (mask above a half), and over the whole picture.

Part "capture": CAPTURE fitted by `python -m backend fit --preset preview` with each representation. PSNR of the field
itself, drawn from the result's checkpoint (for surface: of the textured mesh) at held-out cameras, over the subject;
where the field is transparent, the photo's own backdrop shows. Photos are shrunk by area average to 256² (nerf: 128²).
Mesh figures: scores.py; places of the face: concavity.py. Seconds with Warp's kernels compiled: fit once before.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

if not __package__:  # run as a script: the folder above holds the packages
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from backend.__main__ import settle_threads
from benchmarks.fit_process import ROOT, run_fit
from benchmarks.table import markdown

REPRESENTATIONS = ("surface", "hash", "gaussian", "sdf", "nerf")
PARTS = ("peer", "capture")
_MARKS = (10, 25, 50, 100, 200)  # the peer's steps after which it is measured
_SHARES = (("hash", 0.1), ("gaussian", 0.1), ("hash", 0.25))  # of the peer's seconds
_BUST = ("--views", "100", "--test-views", "10", "--size", "100", "--samples", "64")


def main(arguments: list[str] | None = None) -> None:
    """Measure and print tables."""
    options = parse(arguments)
    settle_threads()  # before torch is loaded
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    if "peer" in options.parts:
        print(peer_table(bust(options.cache), options.seed), "\n", flush=True)
    if "capture" in options.parts:
        with tempfile.TemporaryDirectory() as scratch:
            print(capture_table(options, options.out or Path(scratch)))


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line; what follows -- goes to the fit."""
    arguments = sys.argv[1:] if arguments is None else arguments
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("capture", type=Path, help="folder of the capture for the part of that name")
    parser.add_argument("--parts", type=_some_of(PARTS), default=list(PARTS), metavar="A,B")
    parser.add_argument("--representations", type=_some_of(REPRESENTATIONS), default=list(REPRESENTATIONS))
    parser.add_argument("--cache", type=Path, default=ROOT / "out" / "bust100", help="folder of the 100 photos")
    parser.add_argument("--out", type=Path, help="keep the results here, one folder for each representation")
    parser.add_argument("--seed", type=int, default=0, help="of the peer, and of hash and gaussian beside it")
    options = parser.parse_args(own)
    options.fit_options = arguments[len(own) + 1 :]
    return options


def _some_of(known: tuple[str, ...]):
    def names(text: str) -> list[str]:
        chosen = text.split(",")
        if not set(chosen) <= set(known):
            raise argparse.ArgumentTypeError(f"choose of {', '.join(known)}")
        return chosen

    return names


def bust(cache: Path) -> Path:
    """The folder of the 100 photos, made where they are missing."""
    if not (cache / "test_masks" / "009.png").is_file():  # the last that is written
        command = [sys.executable, str(ROOT / "demo" / "make_capture.py"), *_BUST, "--out", str(cache)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return cache


def peer_table(folder: Path, seed: int) -> str:
    """The peer at its marks, and each field with its share of the peer's seconds."""
    from backend.capture import CaptureConfig, load_capture
    from benchmarks import race
    from benchmarks.scores import score_pictures
    from benchmarks.truth import load_held_out, training_file

    captured = load_capture(training_file(folder), CaptureConfig())
    bounds = captured.bounds
    held_out = [held.over_white().moved(bounds.center, bounds.radius) for held in load_held_out(folder)]
    capture = captured.normalized()

    def judge(paint) -> dict[str, float]:
        return score_pictures(paint, held_out)

    peer = race.race_peer(capture, _MARKS, judge, seed)
    last = peer[-1]
    rows = [["peer", moment.steps, moment.seconds, *moment.figures.values(), None, None, None] for moment in peer]
    for representation, share in _SHARES:
        moments = race.race_field(capture, representation, share * last.seconds, judge, seed)
        end = moments[-1]
        reached = [race.seconds_until(moments, name, last.figures[name]) for name in last.figures]
        gain = end.figures["psnr"] - last.figures["psnr"]
        name = f"{representation}, {share:g} of the time"
        rows.append([name, end.steps, end.seconds, *end.figures.values(), gain, *reached])
    return markdown(
        ["field", "steps", "s", "PSNR dB", "whole dB", "above peer dB", "s to peer's PSNR", "s to its whole"], rows
    )


def capture_table(options: argparse.Namespace, out: Path) -> str:
    """A row for each representation, fitted by the command line."""
    from benchmarks import field_scores

    capture = field_scores.load_known(options.capture)
    rows = []
    for representation in options.representations:
        command = ["--representation", representation, "--preset", "preview", *options.fit_options]
        run = run_fit(capture.training_file, out / representation, command)
        rows.append({"field": representation, "wall s": run.seconds, "peak MiB": run.peak_mb})
        rows[-1] |= field_scores.score(run.folder, representation, capture)
    header = list(dict.fromkeys(name for row in rows for name in row))
    return markdown(header, [[row.get(name) for name in header] for row in rows])


if __name__ == "__main__":
    main()
