"""What the capture stage hands on: photos with cameras and masks, and where the subject is."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from .camera import Camera
from .face import FaceRecord

SHOWS_GLASSES = 0.02  # trust of pixels that show glasses: nothing else is trusted so little


@dataclass(frozen=True)
class View:
    """One photo with its (undistorted, pinhole) camera.

    photo  (H, W, 3) float32 sRGB in [0, 1], EXIF-upright, undistorted
    mask   (H, W) float32, 1 = subject
    trust  (H, W) float32 in [0, 1]: how far a pixel shows the subject's own shape and color, undisturbed by
           glasses, highlights or hair (capture/obstruction.py); None: everywhere 1
    """

    name: str  # unique within a capture: the file's name without folder and ending
    photo: np.ndarray
    mask: np.ndarray
    camera: Camera
    source: Path | None = None  # the file it came from
    weight: float = 1.0  # the artist's say in geometry and texture
    expression: str = ""  # as tagged (scene/expression_tag.py); "" where nobody says
    trust: np.ndarray | None = None
    face: FaceRecord | None = None  # the subject's face, where one is seen

    def resized(self, scale: float) -> "View":
        """The view resampled by `scale` (area average when it shrinks, so that pixels stay unbiased)."""
        from PIL import Image  # Pillow only here: the vocabulary itself stays numpy

        width = max(1, round(self.camera.width * scale))
        height = max(1, round(self.camera.height * scale))
        box = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR

        def resample(plane: np.ndarray) -> np.ndarray:
            return np.asarray(Image.fromarray(np.ascontiguousarray(plane)).resize((width, height), box))

        photo = np.stack([resample(self.photo[..., k]) for k in range(3)], -1)
        trust = None if self.trust is None else resample(self.trust)
        face = self.face and self.face.moved((width / self.camera.width, height / self.camera.height), (0, 0))
        camera = self.camera.resized(width, height)
        return replace(self, photo=photo, mask=resample(self.mask), camera=camera, trust=trust, face=face)

    def cropped(self, margin: float) -> "View":
        """The view without the background far around its mask; `margin` is a share of the picture's longer side."""
        height, width = self.mask.shape
        rows, columns = (np.nonzero((self.mask > 0.01).any(axis))[0] for axis in (1, 0))
        if not len(rows):
            return self
        room = max(4, round(margin * max(width, height)))
        x0, x1 = max(columns[0] - room, 0), min(columns[-1] + 1 + room, width)
        y0, y1 = max(rows[0] - room, 0), min(rows[-1] + 1 + room, height)
        camera = self.camera
        camera = replace(camera, width=int(x1 - x0), height=int(y1 - y0), cx=camera.cx - x0, cy=camera.cy - y0)
        part = np.s_[y0:y1, x0:x1]
        trust = None if self.trust is None else self.trust[part]
        face = self.face and self.face.moved((1, 1), (-x0, -y0))
        return replace(self, photo=self.photo[part], mask=self.mask[part], camera=camera, trust=trust, face=face)

    def shrunk(self, side: int) -> "View":
        """The view with at most `side` pixels along its longer side."""
        scale = side / max(self.camera.width, self.camera.height)
        return self.resized(scale) if scale < 1 else self


@dataclass(frozen=True)
class CutPlane:
    """Where the subject leaves the pictures: what lies on the `normal` side of `point` is cut away (world frame)."""

    point: np.ndarray  # (3,)
    normal: np.ndarray  # (3,) unit, away from the part that is kept


@dataclass(frozen=True)
class Bounds:
    """A sphere that holds the subject, in the capture's world frame and units."""

    center: np.ndarray  # (3,)
    radius: float


@dataclass(frozen=True)
class Capture:
    """Checked views, all seeing one subject, in one world frame of any unit.

    expressive  views of another expression than the rest: they show how the subject moves, not its shape
    """

    views: tuple[View, ...]
    bounds: Bounds
    cut: CutPlane | None = None  # set when masks are cut off by the pictures' edge
    warnings: tuple[str, ...] = ()
    expressive: tuple[View, ...] = ()

    def normalized(self) -> "Capture":
        """The same capture moved so that the bounds become the unit sphere; stages after it work in that frame."""
        center, radius = self.bounds.center, self.bounds.radius
        views, expressive = (
            tuple(replace(view, camera=view.camera.moved(center, radius)) for view in seen)
            for seen in (self.views, self.expressive)
        )
        cut = self.cut and replace(self.cut, point=(self.cut.point - center) / radius)
        return replace(self, views=views, bounds=Bounds(np.zeros(3), 1.0), cut=cut, expressive=expressive)
