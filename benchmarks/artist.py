"""Somebody at Blender, as faults.py needs one: the extension in the Blender module, and a backend that acts.

python -m benchmarks.artist STAGE JOBS    starts one job, says `started`, and waits for it to end
"""

import os
import sys
import time
from pathlib import Path

import bpy

import blender_addon
from backend import protocol
from blender_addon.jobs import follow, job
from tests.real_blender.stage import Stage

PATIENCE = 30.0  # seconds for a job to end
TICK = 0.01  # seconds


class Artist:
    """Presses buttons in a Blender of this process. One at a time."""

    def __init__(self, stage: Stage, jobs: Path):
        """jobs: where the folders of the jobs go."""
        os.environ["LIKENESS_PYTHON"] = str(stage.folder / "python")
        bpy.ops.wm.read_factory_settings(use_empty=True)
        blender_addon.register()
        bpy.context.scene.likeness.output = str(jobs)
        bpy.ops.likeness.add_photos(directory=str(stage.folder / "photos"))

    def write_to(self, jobs: Path) -> None:
        """Where results go from now on."""
        bpy.context.scene.likeness.output = str(jobs)

    def fit_for_real(self, capture: Path) -> None:
        """From now on the real backend fits an object to the photos of a transforms.json, as quickly as it can."""
        os.environ["LIKENESS_PYTHON"] = sys.executable
        settings = bpy.context.scene.likeness
        settings.subject, settings.preset = "object", "preview"
        bpy.ops.likeness.import_cameras(filepath=str(capture))

    def close(self) -> None:
        """The extension is switched off."""
        blender_addon.unregister()

    def start(self) -> None:
        """What the button does where there is a window; UserError or OSError as there."""
        from blender_addon.jobs import request, task, waiting
        from blender_addon.results.result_import import import_steps
        from blender_addon.setup import preferences

        folder = task.new_folder(bpy.context.scene)
        fit = request.from_scene(bpy.context.scene, folder)
        waiting.submit(task.make(preferences.find_backend(), fit, folder, import_steps))

    def wait(self, seconds: float = PATIENCE) -> protocol.Event | None:
        """Tick as the timer does until the job has ended; its final event, None where it has not in time."""
        end = time.monotonic() + seconds
        while job.current().final is None and time.monotonic() < end:
            follow.tick()
            time.sleep(TICK)
        return job.current().final

    def cancel(self) -> None:
        """The button."""
        job.current().cancel()

    def has_head(self) -> bool:
        """Whether a result came into the scene; it goes again."""
        heads = [built for built in bpy.data.objects if "likeness_result" in built]
        bpy.data.batch_remove([*bpy.data.objects, *bpy.data.meshes, *bpy.data.images, *bpy.data.materials])
        return bool(heads)


def main(stage: str, jobs: str) -> None:
    """One job, for somebody who ends this process at any moment."""
    from tests.real_blender.window import Window

    artist = Artist(Stage(Window(Path("/")), Path(stage)), Path(jobs))
    artist.start()
    print("started", flush=True)
    artist.wait()
    print("ended", flush=True)
    artist.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
