"""Makes a capture of a painted portrait bust: photos, masks, cameras and the true surface.

    python demo/make_capture.py --out DIR [--size 512] [--views 20] [--test-views 4] [--samples 32] [--seed 0]

Needs bpy (the Blender module), numpy and pillow. Frames and units are docs/conventions.md's: meters, +Z up, the
face to -Y, the origin between the ears; cameras camera-to-world with OpenGL axes.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

if not __package__:  # run as a script: the folder above holds the package
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from demo import bust, paint
from demo.orbit import Shot, held_out, orbit, transforms
from demo.polygonize import triangulate

FLOOR = -0.12  # meters: below the chin photos show neck in shadow, collar and what the frame cuts off
TRUTH_FACES = 40_000


def main(arguments: list[str] | None = None) -> None:
    """Sculpt, paint, photograph, and write everything down."""
    options = parse(arguments)
    started = time.time()

    def say(text: str) -> None:
        print(f"[{time.time() - started:6.1f} s] {text}", flush=True)

    vertices, quads = bust.sculpt(options.step)
    say(f"sculpted {len(quads)} quads")
    coat = paint.coat(vertices)
    vertices = vertices * bust.METER
    say("painted")

    from demo import materials, studio  # bpy takes seconds to load: only when it is needed

    config = studio.StudioConfig(options.size, options.samples, options.seed, options.threads)
    studio.open_studio(config)
    thing = studio.add_bust(vertices, quads, coat, materials.painted())
    write_truth(options.out / "truth.npz", *studio.decimated(vertices, triangulate(vertices, quads), TRUTH_FACES))
    say("wrote the true surface")
    room = studio.build_room(materials.backdrop())
    studio.light_studio()
    studio.add_camera(options.lens)

    sets = {"": orbit(options.views, options.seed), "test_": held_out(options.test_views, options.seed)}
    for prefix, shots in sets.items():
        name = "transforms_test.json" if prefix else "transforms.json"
        write_cameras(options.out / name, prefix, shots, options)
        for index, shot in enumerate(shots):
            studio.shoot(shot.pose, photo_path(options.out, prefix, index))
            say(f"{prefix}photo {index + 1} of {len(shots)}")
    studio.prepare_masks(thing, room, materials.white())
    for prefix, shots in sets.items():
        for index, shot in enumerate(shots):
            studio.shoot_mask(shot.pose, mask_path(options.out, prefix, index))
    say("masks done")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--size", type=int, default=512, help="pixels, width and height of a photo")
    parser.add_argument("--views", type=int, default=20, help="training photos, all around")
    parser.add_argument("--test-views", type=int, default=4, help="held-out photos between them")
    parser.add_argument("--samples", type=int, default=32, help="paths a pixel")
    parser.add_argument("--seed", type=int, default=0, help="of the cameras' unsteady hand and of Cycles")
    parser.add_argument("--lens", type=float, default=80.0, help="millimeters on full frame")
    parser.add_argument("--step", type=float, default=0.085, help="centimeters between lattice lines of the sculpture")
    parser.add_argument("--threads", type=int, default=2, help="processor threads for Cycles")
    return parser.parse_args(arguments)


def photo_path(out: Path, prefix: str, index: int) -> Path:
    """Where a photo goes."""
    return out / f"{prefix}images" / f"{index:03d}.jpg"


def mask_path(out: Path, prefix: str, index: int) -> Path:
    """Where a photo's mask goes."""
    return out / f"{prefix}masks" / f"{index:03d}.png"


def write_cameras(path: Path, prefix: str, shots: list[Shot], options: argparse.Namespace) -> None:
    """transforms.json for the shots, with paths relative to it."""
    from demo.studio import SENSOR

    path.parent.mkdir(parents=True, exist_ok=True)
    here = Path()
    files = [(photo_path(here, prefix, i).as_posix(), mask_path(here, prefix, i).as_posix()) for i in range(len(shots))]
    focal = options.lens / SENSOR * options.size
    path.write_text(json.dumps(transforms(shots, files, options.size, focal), indent=1) + "\n", encoding="utf-8")


def write_truth(path: Path, vertices: np.ndarray, faces: np.ndarray) -> None:
    """The true surface: vertices float32 meters rounded to a micrometer (they compress better), faces int32; and the
    height below which a fit is not judged."""
    path.parent.mkdir(parents=True, exist_ok=True)
    grid = 2.0**-20  # meters
    rounded = (np.round(vertices / grid) * grid).astype(np.float32)
    np.savez_compressed(path, vertices=rounded, faces=faces.astype(np.int32), floor=np.float32(FLOOR))


if __name__ == "__main__":
    main()
