"""What a scenario finds in Blender's file system: photos, a backend that acts, and what comes out of it."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from backend.asset.interim import write_interim
from backend.asset.png import encode_png
from backend.pictures import draw_clay
from backend.scene import Surface
from tests.asset import subjects

from .heads import ball, write_head
from .window import Window

_HERE = Path(__file__).resolve().parent
_PREVIEW_SIDE = 192  # pixels, as of a real fit


@dataclass(frozen=True)
class Stage:
    """A folder in Blender's file system; see acted_backend.py for what it holds."""

    window: Window
    folder: Path

    def set_up(self, seconds: float = 4.0, writing: float = 0.0, fails: str = "") -> None:
        """How the acted fit goes: how long it and then its writing take, and the sentence that it fails with."""
        act = json.dumps({"seconds": seconds, "writing": writing, "fails": fails})
        (self.folder / "act.json").write_text(act)

    def clear(self) -> None:
        """Remove it with all that was written there."""
        shutil.rmtree(self.folder, ignore_errors=True)


def build(window: Window, vertices: int = 2000, side: int = 64, python: str = "python3") -> Stage:
    """A stage with a synthetic head of that size, and the same a tenth larger as its re-fit.

    python: what acts the backend, as Blender sees it.
    """
    folder = window.new_folder()
    write_head(folder / "result", vertices, side)
    write_head(folder / "refit", vertices, side, scale=1.1)
    (folder / "shown").mkdir()
    for number, scale in enumerate((0.9, 1.0)):
        surface = ball(9000, scale)[0]  # as many triangles as an interim mesh may have
        before_camera = Surface(surface.vertices + np.float32(subjects.CENTER), surface.faces)
        picture = draw_clay(before_camera, subjects.camera(-np.pi / 2).resized(_PREVIEW_SIDE, _PREVIEW_SIDE), 0.5)[0]
        (folder / "shown" / f"preview-{number}.png").write_bytes(encode_png(picture))
        write_interim(folder / "shown" / f"interim-{number}.glb", surface)
    for name in ("acted_backend.py", "scenes.py"):
        shutil.copy(_HERE / name, folder / name)
    actor = folder / "python"
    actor.write_text(f"#!/bin/sh\nexec {python} {window.inside(folder)}/acted_backend.py serve\n")
    actor.chmod(0o755)
    (folder / "jobs").mkdir()
    (folder / "home").mkdir()
    stage = Stage(window, folder)
    stage.set_up()
    return stage
