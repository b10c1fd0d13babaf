"""What an artist sees while a fit runs: now and then a small picture of what there is, as an event."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from .asset.png import encode_png
from .pictures import draw_clay
from .protocol import Event, Preview
from .scene import Camera, Capture, Drawer, Surface, View

SPACING = 1.5  # seconds from one picture to the next; with the step that is under way it must stay below 2
_REST = 0.5  # seconds of work between two pictures, however long they take to draw
_SHARE = 0.1  # of the time may go into drawing
_SURFACE_SIDE = 192  # pixels
_FIELD_SIDES = (16, 192)  # pixels, least and most
_FIRST_SIDE = 32  # pixels of a field's first picture: fast with the slowest
_GRAY = 0.5  # sRGB, behind the subject
_MARGIN = 0.05  # of the subject's size, around it


class LivePreview:
    """A scene.Live that draws a picture when one is due: from the first photo's side, square, subject in the middle.

    Pictures go by turns to two files in `folder`, each of them whole at any moment, and are told by Preview events.
    """

    def __init__(
        self,
        folder: Path,
        emit: Callable[[Event], None],
        capture: Capture,
        clock: Callable[[], float] = time.monotonic,
    ):
        """capture: normalized, as the surfaces and fields that will be shown."""
        self._folder, self._emit, self._clock = folder, emit, clock
        self._camera = close_up(capture.views[0])
        self._due = -np.inf
        self._field_side = float(_FIRST_SIDE)
        self._count = 0

    def surface(self, surface: Surface) -> None:
        """The surface so far, as gray clay."""
        if self._clock() >= self._due:
            self._show(lambda: draw_clay(surface, self._at(_SURFACE_SIDE), _GRAY)[0])

    def field(self, draw: Drawer) -> None:
        """The field so far, at the size that drawing has time for."""
        if self._clock() < self._due:
            return
        took = self._show(lambda: draw(self._at(round(self._field_side))).over(_GRAY))
        fitting = self._field_side * np.sqrt(_SHARE * SPACING / max(took, 1e-6))
        # The first drawing may have compiled kernels, and a machine has its moods: half of the way at a time.
        self._field_side = float(np.clip(np.sqrt(self._field_side * fitting), *_FIELD_SIDES))

    def _show(self, draw: Callable[[], np.ndarray]) -> float:
        """Draw, save and tell; returns the seconds that drawing took."""
        began = self._clock()
        picture = draw()
        ended = self._clock()
        self._due = max(began + SPACING, ended + _REST)
        path = self._folder / f"preview-{self._count % 2}.png"
        if _saved(picture, path):
            self._count += 1
            self._emit(Preview(str(path.absolute())))
        return ended - began

    def _at(self, side: int) -> Camera:
        return self._camera.resized(side, side)


def _saved(picture: np.ndarray, path: Path) -> bool:
    """Whether it could be saved. A full disk, or on Windows a reader of the file, costs a preview and not the fit."""
    partial = path.with_suffix(".partial")
    try:
        partial.write_bytes(encode_png(picture))
        os.replace(partial, path)
    except OSError:
        return False
    return True


def close_up(view: View) -> Camera:
    """The view's camera with a square picture that just holds the subject, as its mask shows it."""
    rows, columns = (np.nonzero((view.mask > 0.5).any(axis))[0] for axis in (1, 0))
    if not len(rows):
        rows, columns = np.arange(view.camera.height), np.arange(view.camera.width)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    side = max(bottom - top, right - left) * (1 + 2 * _MARGIN)
    camera = view.camera
    return Camera(
        1, 1, camera.fl_x / side, camera.fl_y / side,
        (camera.cx - (left + right) / 2) / side + 0.5, (camera.cy - (top + bottom) / 2) / side + 0.5,
        camera.camera_to_world,
    )  # fmt: skip
