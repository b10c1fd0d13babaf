"""Small pictures of the photos for the panel: Blender makes them in its own threads once they are asked for.

They are asked for outside of draw, and freed with the extension. Blender shows photos as they are stored; those that a
phone has stored turned are turned here, one at a time, because that makes Blender read the photo at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import bpy.utils.previews
import numpy as np

from .photo_turn import quarter_turns


@dataclass(frozen=True)
class _Thumbnail:
    path: Path
    icon: int
    turns: int  # quarter turns to the right that are still to do


_collection: bpy.utils.previews.ImagePreviewCollection | None = None
_shown: dict[str, _Thumbnail] = {}  # by the path as the list tells it


def icon_of(told: str) -> int:
    """Number of the icon of a photo, whose path is told as in the list; 0 where there is none (yet)."""
    return _shown[told].icon if told in _shown else 0


def load(paths: Iterable[str], count: int) -> bool:
    """Ask for up to `count` pictures that are not there yet, free those of other photos; whether any is new.

    paths: as the list tells them.
    """
    global _collection
    wanted = {told: Path(bpy.path.abspath(told)) for told in paths}
    for told in [told for told, thumbnail in _shown.items() if wanted.get(told) != thumbnail.path]:
        forget(told)
    missing = [told for told, path in wanted.items() if told not in _shown and path.is_file()][:count]
    if missing and _collection is None:
        _collection = bpy.utils.previews.new()
    for told in missing:
        icon = _collection.load(told, str(wanted[told]), "IMAGE").icon_id
        _shown[told] = _Thumbnail(wanted[told], icon, quarter_turns(wanted[told]))
    return bool(missing)


def turn_one() -> bool:
    """Turn one picture upright that is not yet; whether there was one."""
    told = next((told for told, thumbnail in _shown.items() if thumbnail.turns), None)
    if told is None:
        return False
    _turn(_collection[told], _shown[told].turns)
    _shown[told] = replace(_shown[told], turns=0)
    return True


def _turn(picture: bpy.types.ImagePreview, turns: int) -> None:
    width, height = picture.image_size
    if not width or not height:
        return  # Blender cannot read it
    pixels = np.empty(width * height, np.int32)
    picture.image_pixels.foreach_get(pixels)
    pixels = np.rot90(pixels.reshape(height, width), turns)  # rows count from below
    picture.image_size = pixels.shape[::-1]
    picture.image_pixels.foreach_set(np.ascontiguousarray(pixels).ravel())


def forget(told: str) -> None:
    """Free a photo's picture; it will be made anew."""
    if _shown.pop(told, None) is not None:
        del _collection[told]


def clear() -> None:
    """Free all pictures."""
    global _collection
    _shown.clear()
    if _collection is not None:
        bpy.utils.previews.remove(_collection)
        _collection = None
