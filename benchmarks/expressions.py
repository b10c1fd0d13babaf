"""A check sheet of a result's shape keys, to be looked at, and how they compare with a capture's true expressions.

    python -m benchmarks.expressions RESULT [--capture CAPTURE [--align]] [--out sheet.png] [--only PREFIX,...]

The sheet shows each key at 1.0 beside the neutral, close to what it moves, from the side that tells; mouthClose upon an
open jaw. With a capture whose gt/ holds expressions, the agreed scorer (score_head.py) compares displacements on the
skin of the face: cosine, ratio of sizes, mean error of what moves. --align where the fit was given no cameras.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from backend.asset.png import to_bytes
from backend.asset.reader import StoredResult, read_result
from backend.errors import UserError
from backend.pictures.raster import sample
from backend.pictures.shade import compose, textured_colors
from backend.scene import Camera, Rig, Surface
from benchmarks.expression_sheet import Draw, Stance, sheet
from benchmarks.fit_process import ROOT
from benchmarks.table import markdown

SCORER = ROOT.parent / "shared" / "tools" / "score_head.py"
_BACKGROUND = 0.75
_SKY, _LAMP = 0.62, 0.48  # shares of the texture's own brightness: what comes from everywhere, and from one lamp
_TOWARD_LAMP = np.array([-0.5, 0.6, 0.62])  # in camera axes


@dataclass(frozen=True)
class Likeness:
    """How one key compares with the truth."""

    cosine: float
    size_ratio: float
    error_mm: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Score, draw, print; the exit code."""
    options = parse(arguments)
    try:
        stored = read_result(options.result)
        if stored.rig is None:
            raise UserError(f"{options.result} has no shape keys. Fit it again with this version.")
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    figures = scored(options.result / "head.glb", options.capture, options.align) if options.capture else {}
    if figures:
        print(table(figures))
    keys = {name: move for name, move in stored.rig.keys.items() if name.startswith(options.only)}
    notes = {name: f"{figure.cosine:.2f} x{figure.size_ratio:.2f}" for name, figure in figures.items()}
    picture = sheet(drawer(stored), stored.surface.vertices, keys, stance_of(stored.rig), notes)
    out = options.out or options.result / "expressions.png"
    Image.fromarray(to_bytes(picture)).save(out)
    print(out)
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.expressions", description=__doc__.splitlines()[0])
    parser.add_argument("result", type=Path, metavar="RESULT", help="result folder of a head")
    parser.add_argument("--capture", type=Path, metavar="CAPTURE", help="folder whose gt/ holds true expressions")
    parser.add_argument("--align", action="store_true", help="the result stands elsewhere than the capture's truth")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the sheet; default: RESULT/expressions.png")
    parser.add_argument(
        "--only", type=lambda text: tuple(text.split(",")), default=("",), metavar="PREFIX,...",
        help="draw the keys whose names begin so",
    )  # fmt: skip
    return parser.parse_args(arguments)


def scored(glb: Path, capture: Path, align: bool) -> dict[str, Likeness]:
    """What the agreed scorer says of each key; SystemExit where it gives up."""
    command = [sys.executable, str(SCORER), str(glb), str(capture), "--no-images", *(["--align"] if align else [])]
    scorer = subprocess.run(command, capture_output=True, text=True, check=False)
    if scorer.returncode:
        raise SystemExit(f"{SCORER} gave up: {scorer.stderr.strip().splitlines()[-1]}")
    keys = json.loads(scorer.stdout)["shape_keys"]["per_key"]
    return {name: Likeness(row["cosine"], row["size_ratio"], row["error_mm"]) for name, row in keys.items()}


def table(figures: dict[str, Likeness]) -> str:
    """All keys, and what the goals are about."""
    rows = [(name, one.cosine, one.size_ratio, one.error_mm) for name, one in sorted(figures.items())]
    cosine = float(np.mean([one.cosine for one in figures.values()]))
    fitting = sum(0.7 <= one.size_ratio <= 1.4 for one in figures.values())
    told = f"\n\nMean cosine {cosine:.3f}; size ratio within 0.7 to 1.4: {fitting} of {len(figures)} keys."
    return markdown(("key", "cosine", "size ratio", "error mm"), rows) + told


def stance_of(rig: Rig) -> Stance:
    """From the eyes' joints, which point to where the eyes look."""
    joints = {joint.name: joint for joint in rig.joints}
    left, right = joints["eyeLeft"], joints["eyeRight"]
    return Stance.of_eyes(left.head, right.head, left.tail - left.head + right.tail - right.head)


def drawer(stored: StoredResult) -> Draw:
    """Draws the textured surface under a lamp, so that folds show."""
    with Image.open(stored.texture_files[stored.base_color]) as image:
        texture = np.asarray(image.convert("RGB"), np.float32) / 255

    def draw(vertices: np.ndarray, camera: Camera) -> np.ndarray:
        surface = Surface(vertices, stored.surface.faces)
        samples = sample(surface, camera)
        normals = samples.gather(surface.vertex_normals(), surface.faces) @ camera.camera_to_world[:3, :3]
        toward = _TOWARD_LAMP / np.linalg.norm(_TOWARD_LAMP)
        shade = _SKY + _LAMP * np.clip(normals @ toward, 0, 1)[:, None]
        colors = textured_colors(samples, surface, stored.atlas, texture) * shade
        return np.clip(compose(samples, colors.astype(np.float32), _BACKGROUND)[0], 0, 1)

    return draw


if __name__ == "__main__":
    sys.exit(main())
