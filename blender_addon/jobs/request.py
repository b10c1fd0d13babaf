"""What the scene's settings ask for, in the protocol's words."""

from pathlib import Path

import bpy

from ..link import UserError, protocol
from ..views import capture_file, photo_list
from . import task


def from_scene(scene, job_folder: Path) -> protocol.FitRequest:
    """The request of a fit whose result goes to `job_folder`/result; a UserError where the settings make no sense.

    Where no file holds the chosen photos together, one is written into `job_folder`.
    """
    settings = scene.likeness
    chosen = [photo for photo in settings.photos if photo.use and photo.weight > 0]
    if not chosen:
        raise UserError(
            "No photos are chosen, or all have the weight 0. Add photos of the subject, or import a transforms.json."
        )
    cameras = Path(bpy.path.abspath(settings.cameras)) if settings.cameras else None
    capture, views = capture_file.choose(list(map(photo_list.listed, chosen)), cameras, job_folder)
    return protocol.FitRequest(
        capture=str(capture),
        out=str(job_folder / "result"),
        subject=settings.subject,
        representation=settings.representation,
        preset=settings.preset,
        texture=settings.texture,
        head_model=_head_model(settings),
        views=views,
        face=settings.face if settings.subject == "head" and settings.face >= 0 else None,
    ).validate()


def new_job_folder(scene) -> Path:
    """A folder of its own for each job, named after the time; UserError where there is no place for one."""
    return task.new_folder(scene)


def _head_model(settings) -> str:
    """The choice, or the path of the file."""
    if settings.head_model != "file":
        return settings.head_model
    if not settings.head_model_file:
        raise UserError("No file is chosen for the head model. Choose one, or set Head model to Automatic.")
    return bpy.path.abspath(settings.head_model_file)
