"""The scene's camera objects, and which photo each belongs to."""

from collections import defaultdict
from pathlib import Path

import bpy

from .capture_file import absolute
from .result_cameras import PHOTO, RESULT, VIEW


class Cameras:
    """The camera objects of a scene by their photos."""

    def __init__(self, scene):
        self._by_path, self._by_view = defaultdict(set), defaultdict(set)
        for built in scene.objects:
            if built.type == "CAMERA":
                path = photo_path(built)
                self._by_path[path].add(built)
                if VIEW in built and _is_known_by_view(built, path):
                    self._by_view[built[VIEW]].add(built)

    def all_of(self, photo: Path, name: str) -> set[bpy.types.Object]:
        """Cameras of a photo's file, or of a view of its name where a result does not tell the file."""
        return self._by_path[photo] | self._by_view[name]

    def of(self, photo: Path, name: str) -> bpy.types.Object | None:
        """The camera to look through: the artist's own, else that of the list, else that of a result."""
        return min(self.all_of(photo, name), key=_rank, default=None)

    def is_solved(self, photo: Path, name: str) -> bool:
        """Whether a fit has found a camera of the photo."""
        return any(RESULT in built for built in self.all_of(photo, name))


def _is_known_by_view(built: bpy.types.Object, path: Path | None) -> bool:
    return path is None or (RESULT in built and Path(built[RESULT]) in path.parents)  # a result may keep copies


def _rank(built: bpy.types.Object) -> tuple:
    return RESULT in built, VIEW in built, built.name


def photo_path(built: bpy.types.Object) -> Path | None:
    """The file of the photo that a camera belongs to: the one it remembers, else the one behind it."""
    if PHOTO in built:
        return absolute(Path(bpy.path.abspath(built[PHOTO])))
    background = background_of(built.data)
    if background is None or background.source != "IMAGE" or background.image is None or not background.image.filepath:
        return None
    return absolute(Path(bpy.path.abspath(background.image.filepath, library=background.image.library)))


def background_of(data: bpy.types.Camera) -> bpy.types.CameraBackgroundImage | None:
    """The first visible background with a picture or a clip; else the first with one."""
    told = [background for background in data.background_images if background.image or background.clip]
    return next((background for background in told if background.show_background_image), told[0] if told else None)


def selected_cameras(context) -> list[bpy.types.Object]:
    """The selected camera objects, by name."""
    selected = (built for built in context.view_layer.objects.selected if built.type == "CAMERA")
    return sorted(selected, key=lambda built: built.name)
