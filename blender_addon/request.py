"""What the scene's settings ask for, in the protocol's words."""

import time
from pathlib import Path

import bpy

from . import preferences
from .link import UserError, protocol


def from_scene(scene, job_folder: Path) -> protocol.FitRequest:
    """The request of a fit whose result goes to `job_folder`/result; a UserError where the settings make no sense."""
    settings = scene.likeness
    chosen = [photo for photo in settings.photos if photo.use]
    if not chosen:
        raise UserError("No photos are chosen. Add photos of the subject, or import a transforms.json.")
    everything = len(chosen) == len(settings.photos)
    return protocol.FitRequest(
        capture=str(_capture(settings, chosen)),
        out=str(job_folder / "result"),
        subject=settings.subject,
        representation=settings.representation,
        preset=settings.preset,
        texture=settings.texture,
        views=() if settings.cameras and everything else tuple(photo.name for photo in chosen),
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


def _capture(settings, chosen: list) -> Path:
    """The transforms.json, the one photo, or the one folder."""
    if settings.cameras:
        return Path(bpy.path.abspath(settings.cameras))
    paths = [Path(bpy.path.abspath(photo.path)) for photo in chosen]
    if len(paths) == 1:
        return paths[0]
    folders = {path.parent for path in paths}
    if len(folders) > 1:
        raise UserError("The photos lie in several folders. Put them into one folder and add them again.")
    return folders.pop()
