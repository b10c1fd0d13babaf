"""What the scene's settings ask for, in the protocol's words."""

import time
from pathlib import Path

import bpy

from ..link import UserError, protocol
from ..setup import preferences
from ..views import capture_file


def from_scene(scene, job_folder: Path) -> protocol.FitRequest:
    """The request of a fit whose result goes to `job_folder`/result; a UserError where the settings make no sense.

    Where no file holds the chosen photos together, one is written into `job_folder`.
    """
    settings = scene.likeness
    chosen = [photo for photo in settings.photos if photo.use]
    if not chosen:
        raise UserError("No photos are chosen. Add photos of the subject, or import a transforms.json.")
    paths = [capture_file.absolute(Path(bpy.path.abspath(photo.path))) for photo in chosen]
    cameras = Path(bpy.path.abspath(settings.cameras)) if settings.cameras else None
    capture, views = capture_file.choose(paths, cameras, job_folder)
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
    """A folder of its own for each job, named after the time."""
    if scene.likeness.output:
        parent = Path(bpy.path.abspath(scene.likeness.output))
    else:
        parent = (preferences.user_folder() or Path(bpy.app.tempdir)) / "jobs"
    name = time.strftime("%Y-%m-%d %H.%M.%S")
    folder, attempt = parent / name, 1
    while True:
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            attempt += 1
            folder = parent / f"{name} ({attempt})"
        except OSError as error:
            raise UserError(
                f"The folder {folder} cannot be made ({error.strerror}). Choose another for results."
            ) from error


def _head_model(settings) -> str:
    """The choice, or the path of the file."""
    if settings.head_model != "file":
        return settings.head_model
    if not settings.head_model_file:
        raise UserError("No file is chosen for the head model. Choose one, or set Head model to Automatic.")
    return bpy.path.abspath(settings.head_model_file)
