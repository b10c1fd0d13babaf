"""The picture of a fit on its way, as an icon for the panel. Pictures are loaded here, never while a panel draws."""

import bpy
import bpy.utils.previews
import numpy as np

_icons: bpy.utils.previews.ImagePreviewCollection | None = None
_NAME = "fit"


def show(path: str) -> None:
    """Take the picture (a PNG) in; one that is gone or damaged leaves the last one standing."""
    pixels, size = _read(path)
    if pixels is None:
        return
    global _icons
    if _icons is None:
        _icons = bpy.utils.previews.new()
    picture = _icons.get(_NAME) or _icons.new(_NAME)
    picture.image_size = size
    picture.image_pixels_float.foreach_set(pixels)


def picture() -> bpy.types.ImagePreview | None:
    """What there is to show; its icon_id is what a layout takes."""
    return _icons.get(_NAME) if _icons is not None else None


def clear() -> None:
    """Forget the picture and free its memory."""
    global _icons
    if _icons is not None:
        bpy.utils.previews.remove(_icons)
    _icons = None


def _read(path: str) -> tuple[np.ndarray | None, tuple[int, int]]:
    """RGBA from the lower left (H * W * 4,) float32, and width and height; through a datablock that goes at once."""
    try:
        image = bpy.data.images.load(path)
    except RuntimeError:  # the file is gone
        return None, (0, 0)
    try:
        pixels = np.empty(len(image.pixels), np.float32)
        image.pixels.foreach_get(pixels)
        return (pixels if len(pixels) else None), tuple(image.size)
    finally:
        bpy.data.images.remove(image)
