"""How fast a head with every key comes into Blender, plays, and takes over a re-fit.

    .venv/bin/python -m benchmarks.blender_rig [--vertices 60000] [--playback 20000] [--frames 120]

Needs the bpy module. The heads are synthetic (a ball with eyes, tests/blender_addon/rigged.py); the recording moves
all 52 keys, the head and the neck at every frame. Prints a table; process seconds are what counts on a
busy machine, the longest step is what the artist's UI waits for.
"""

import argparse
import tempfile
import time
from pathlib import Path

import bpy
import numpy as np

import blender_addon
from backend.asset.png import encode_png
from backend.asset.reader import StoredResult
from backend.scene import ARKIT, Rig, Surface, UvAtlas
from backend.scene.head import FACE
from blender_addon.results.result_import import import_steps
from blender_addon.results.result_update import update_steps
from blender_addon.rigs import face_action
from blender_addon.rigs.face_capture import FaceCapture
from tests.asset import subjects
from tests.blender_addon import rigged

from .table import markdown

RATE = 24  # frames a second that playback must reach


def head(count: int, seed: int) -> StoredResult:
    """A head whose skin has about `count` vertices: a grid rolled up, as a ball by halves jumps in fours."""
    rows = round(np.sqrt(count / 2))
    angles = np.stack(np.meshgrid(np.linspace(0.01, np.pi - 0.01, rows), np.arange(2 * rows) * np.pi / rows), -1)
    down, around = angles.reshape(-1, 2).T
    points = 0.1 * np.stack([np.sin(down) * np.cos(around), np.sin(down) * np.sin(around), np.cos(down)], 1)
    corner = (np.arange(2 * rows)[:, None] * rows + np.arange(rows - 1)).ravel()
    beside = (corner + rows) % len(points)
    faces = np.concatenate([np.stack([corner, corner + 1, beside], 1), np.stack([beside, corner + 1, beside + 1], 1)])
    eyes, region = rigged.surface(0)
    own = region != FACE
    eye_faces = eyes.faces[own[eyes.faces].all(1)]
    surface = Surface(
        np.concatenate([eyes.vertices[own], points]).astype(np.float32),
        np.concatenate([eye_faces, faces + own.sum()]).astype(np.int32),
    )
    region = np.concatenate([region[own], np.full(len(points), FACE, np.uint8)])
    atlas = UvAtlas(np.zeros((len(region), 2), np.float32), surface.faces)
    made: Rig = rigged.rig(surface, region, seed)
    report = {"settings": {"subject": "head"}}
    return StoredResult(Path(tempfile.gettempdir()), surface, atlas, {}, (), report, made)


def textures() -> dict[str, bytes]:
    """PNG files of 1024² texels."""
    maps = subjects.maps(1024)
    return {name: encode_png(getattr(maps, name)) for name in ("photo", "albedo", "normal", "confidence")}


def timed_steps(steps) -> tuple[float, float, float]:
    """Wall seconds, process seconds and the process seconds of the longest step."""
    wall, clocks = time.perf_counter(), [time.process_time()]
    clocks += [time.process_time() for _ in steps]
    clocks.append(time.process_time())
    return time.perf_counter() - wall, clocks[-1] - clocks[0], float(np.diff(clocks).max())


def play(frames: int) -> tuple[float, float]:
    """Wall and process seconds of evaluating all frames after one that warms up."""
    scene = bpy.context.scene
    scene.frame_set(1)
    wall, process = time.perf_counter(), time.process_time()
    for frame in range(2, frames + 2):
        scene.frame_set(frame)
        bpy.context.evaluated_depsgraph_get().update()
    return time.perf_counter() - wall, time.process_time() - process


def recording(frames: int) -> FaceCapture:
    """Every key and the head move at every frame."""
    rng = np.random.default_rng(0)
    times = np.arange(frames + 2) / RATE
    values = {name: rng.random(len(times)) for name in ARKIT}
    return FaceCapture("performance", times, values, rng.normal(0, 0.1, (len(times), 3)))


def fresh() -> None:
    """An empty scene with the extension's classes."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.scene.render.fps = RATE


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vertices", type=int, default=60_000, help="of the head that is imported and updated")
    parser.add_argument("--playback", type=int, default=20_000, help="vertices of the head that plays")
    parser.add_argument("--frames", type=int, default=120)
    options = parser.parse_args()
    blender_addon.register()
    pictures, rows = textures(), []
    fresh()
    rows.append(("import", options.vertices, *timed_steps(import_steps(head(options.vertices, 0), pictures))))
    built = bpy.context.view_layer.objects.active
    rows.append(("update", options.vertices, *timed_steps(update_steps(built, head(options.vertices, 1), pictures))))
    fresh()
    list(import_steps(head(options.playback, 0), pictures))
    started, process = time.perf_counter(), time.process_time()
    built = bpy.context.view_layer.objects.active
    face_action.apply(built, recording(options.frames), bpy.context.scene, 1)
    apply = time.perf_counter() - started, time.process_time() - process
    rows.append((f"recording of {options.frames} frames", options.playback, *apply, None))
    wall, process = play(options.frames)
    rows.append((f"playback of {options.frames} frames", options.playback, wall, process, process / options.frames))
    print(markdown(("what", "vertices", "seconds", "process seconds", "longest step or frame"), rows))
    print(f"\nplayback: {options.frames / wall:.1f} frames a second of wall time, "
          f"{options.frames / process:.1f} of process time (wanted: {RATE})")  # fmt: skip
    blender_addon.unregister()


if __name__ == "__main__":
    main()
