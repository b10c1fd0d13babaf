"""How like the subject a fit comes out: photos -> result folder -> figures.

    python -m benchmarks.fidelity CAPTURE [--presets preview,standard,high] [--repeat N] [--out DIR] [--score RESULT]
                                  [-- further options of `python -m backend fit`]

CAPTURE is a folder with transforms_train.json (or transforms.json), transforms_test.json with masks, and, where the
true surface is known, gt/neutral.obj with gt/meta.json or truth.npz. Definitions: benchmarks/scores.py.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

if not __package__:  # run as a script: the folder above holds the packages
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from backend.asset.reader import read_result
from backend.scene import Maps, TexturedSurface
from benchmarks.fit_process import ROOT, run_fit
from benchmarks.scores import score_photos, score_surface
from benchmarks.table import markdown
from benchmarks.truth import load_cameras, load_held_out, load_truth, training_file

_COLUMNS = {
    "preset": "preset", "seconds": "wall s", "peak_mb": "peak MiB", "triangles": "triangles",
    "chamfer": "chamfer mm", "f1": "F@1mm", "f2": "F@2mm", "face": "face mm", "iou": "IoU", "psnr": "PSNR dB",
}  # fmt: skip
_SCORER = ROOT.parent / "shared" / "tools" / "score_head.py"  # an independent measurement, where there is one


def main(arguments: list[str] | None = None) -> None:
    """Fit, measure, print a table."""
    options = parse(arguments)
    if options.score:
        rows = [{"preset": "-", **score(options.score, options.capture)}]
    else:
        with tempfile.TemporaryDirectory() as scratch:
            rows = [fit_and_score(preset, options, options.out or Path(scratch)) for preset in options.presets]
    print(markdown(list(_COLUMNS.values()), [[row.get(key) for key in _COLUMNS] for row in rows]))


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line; what follows -- goes to the fit."""
    arguments = sys.argv[1:] if arguments is None else arguments
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("capture", type=Path, help="folder of the capture")
    parser.add_argument("--presets", type=lambda text: text.split(","), default=["standard"], metavar="A,B,...")
    parser.add_argument("--repeat", type=int, default=1, help="fits for each preset; the fastest counts")
    parser.add_argument("--out", type=Path, help="keep the results here, one folder for each preset")
    parser.add_argument("--score", type=Path, metavar="RESULT", help="measure this result folder; fit nothing")
    options = parser.parse_args(own)
    options.fit_options = arguments[len(own) + 1 :]
    return options


def fit_and_score(preset: str, options: argparse.Namespace, out: Path) -> dict:
    """The figures of one preset: wall time of the fastest of several fits, the rest from the last."""
    runs = []
    for _ in range(options.repeat):
        command = ["--preset", preset, *options.fit_options]
        runs.append(run_fit(training_file(options.capture), out / preset, command))
    peaks = [run.peak_mb for run in runs if run.peak_mb is not None]
    figures = score(out / preset, options.capture)
    peak = max(peaks) if peaks else None
    return {"preset": preset, "seconds": min(run.seconds for run in runs), "peak_mb": peak, **figures}


def score(folder: Path, capture: Path) -> dict:
    """The figures of a result folder; those that the capture cannot tell are left out."""
    textured = load_textured(folder)
    truth, held_out = load_truth(capture), load_held_out(capture)
    figures = {"triangles": len(textured.surface.faces)}
    if truth is not None:
        figures |= score_surface(textured.surface, truth, load_cameras(training_file(capture)))
    if held_out:
        figures |= score_photos(textured, held_out, truth)
    if _SCORER.is_file() and (capture / "gt" / "neutral.obj").is_file():
        print(_SCORER.name, _other_opinion(folder, capture), file=sys.stderr)
    return figures


def load_textured(folder: Path) -> TexturedSurface:
    """A stored result with its pictures as arrays."""
    stored = read_result(folder)

    def picture(name: str) -> np.ndarray:
        with Image.open(stored.texture_files[name]) as image:
            pixels = np.asarray(image, np.float32) / 255
        return pixels[..., None] if pixels.ndim == 2 else pixels

    return TexturedSurface(stored.surface, stored.atlas, Maps(**{name: picture(name) for name in stored.texture_files}))


def _other_opinion(folder: Path, capture: Path) -> str:
    """What the independent scorer says of head.glb, in the same words."""
    command = [sys.executable, str(_SCORER), str(folder / "head.glb"), str(capture)]
    scorer = subprocess.run(command, capture_output=True, text=True)
    if scorer.returncode:  # a capture may lack what it reads, the true albedo for one
        return f"gave up: {scorer.stderr.strip().splitlines()[-1]}"
    said = json.loads(scorer.stdout)
    pictures = said.get("images", {}).get("mean", {})
    figures = {
        "chamfer": said["head"]["chamfer_mm"], "f1": said["head"]["f_score_1mm"], "f2": said["head"]["f_score_2mm"],
        "face": said["face"]["completeness"]["mean_mm"], "iou": pictures.get("iou_head"),
        "psnr": pictures.get("psnr_head"), "psnr_albedo_gain": pictures.get("psnr_albedo_head_gain"),
    }  # fmt: skip
    return json.dumps(figures)


if __name__ == "__main__":
    main()
