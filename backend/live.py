"""What an artist sees while a fit runs: now and then a small picture of what there is, and its surface, as events."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from .asset.interim import write_interim
from .asset.png import encode_png
from .mesh.clustering import Clusters, cluster
from .pictures import draw_clay
from .protocol import Event, InterimMesh, Preview
from .scene import Bounds, Camera, Capture, Drawer, Surface, View
from .unfinished import INTERIM

SPACING = 1.5  # seconds from one picture to the next; with the step that is under way it must stay below 2
_REST = 0.5  # seconds of work between two pictures, however long they take to draw
_SHARE = 0.1  # of the time may go into drawing
_SURFACE_SIDE = 192  # pixels
_FIELD_SIDES = (16, 192)  # pixels, least and most
_FIRST_SIDE = 32  # pixels of a field's first picture: fast with the slowest
_MESH_SPACING = 2.0  # seconds from one surface to the next, at least
_MESH_SHARE = 0.05  # of the time may go into surfaces
_TRIANGLES = 20_000  # of a surface that is shown, at most
_GRAY = 0.5  # sRGB, behind the subject
_MARGIN = 0.05  # of the subject's size, around it


class LivePreview:
    """A scene.Live that draws a picture when one is due: from the first photo's side, square, subject in the middle.

    Pictures go by turns to two files in `folder`, each of them whole at any moment, and are told by Preview events.
    So do surfaces, coarse and in the capture's own frame, by InterimMesh events.
    """

    def __init__(
        self,
        folder: Path,
        emit: Callable[[Event], None],
        capture: Capture,
        bounds: Bounds,
        clock: Callable[[], float] = time.monotonic,
    ):
        """capture: normalized, as the surfaces and fields that will be shown; bounds: those it was normalized by."""
        self._folder, self._emit, self._clock = folder, emit, clock
        self._camera = close_up(capture.views[0])
        self._due = -np.inf
        self._field_side = float(_FIRST_SIDE)
        self._count = 0
        self._mesh = _LiveMesh(folder, emit, bounds, clock)

    def surface(self, surface: Surface) -> None:
        """The surface so far: a picture of it as gray clay, and itself."""
        if self._clock() >= self._due:
            self._show(lambda: draw_clay(surface, self._at(_SURFACE_SIDE), _GRAY)[0])
        self._mesh.show(surface)

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


class _LiveMesh:
    """The surface as an event, when one is due. While its topology stays, so does that of what is shown."""

    def __init__(self, folder: Path, emit: Callable[[Event], None], bounds: Bounds, clock: Callable[[], float]):
        self._folder, self._emit, self._bounds, self._clock = folder, emit, bounds, clock
        self._due, self._count = -np.inf, 0
        self._faces: np.ndarray | None = None  # those that the clusters were made for
        self._clusters: Clusters | None = None

    def show(self, surface: Surface) -> None:
        """Write it and tell it. As with pictures, what cannot be saved costs no more than itself."""
        began = self._clock()
        if began < self._due:
            return
        path = self._folder / f"{INTERIM}{self._count % 2}.glb"
        saved = self._saved(self._coarse(surface), path)
        ended = self._clock()
        self._due = max(began + _MESH_SPACING, ended + (ended - began) / _MESH_SHARE)
        if saved:
            self._count += 1
            self._emit(InterimMesh(str(path.absolute())))

    def _saved(self, surface: Surface, path: Path) -> bool:
        try:
            write_interim(path, surface.to_world(self._bounds.center, self._bounds.radius))
        except OSError:
            return False
        return True

    def _coarse(self, surface: Surface) -> Surface:
        if len(surface.faces) <= _TRIANGLES:
            return surface
        if surface.faces is not self._faces:
            self._faces, self._clusters = surface.faces, cluster(surface, _TRIANGLES)
        return self._clusters.mean(surface.vertices)


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
