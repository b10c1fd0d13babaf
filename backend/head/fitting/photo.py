"""A photo as the fit of a head model reads it."""

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from ...scene import Camera, FaceMasks, FaceRecord

_LONG = 85 / 36  # focal length over the picture's longer side where nothing tells it: the classic portrait lens
# Trust above which a pixel is tracked, has a say in an outline and makes landmarks around it no worse: what merely
# shines or varies much is compared between photos all the same.
_TRUSTED = 0.25
_UNKNOWN = 0.2  # its deviation (relative): from wide phones to telephoto lenses


@dataclass(frozen=True)
class HeadPhoto:
    """One photo of the head (upright, undistorted) and what is known of it.

    picture  (H, W, 3) float32 sRGB in [0, 1]
    mask     (H, W) float32, 1 = person; None: the face's own mask of the person
    trust    (H, W) float32, how far a pixel shows the head undisturbed; None: everywhere 1
    camera   where it is given; else `focal` (pixels) and `deviation` (relative) are what is known of the lens, and
             photos of equal `lens` share it
    weight   the artist's say: 1 as usual, less for a photo that is doubted
    """

    name: str
    picture: np.ndarray
    face: FaceRecord | None
    mask: np.ndarray | None = None
    trust: np.ndarray | None = None
    camera: Camera | None = None
    focal: float | None = None
    deviation: float = _UNKNOWN
    lens: Hashable = None
    weight: float = 1.0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.picture.shape[1], self.picture.shape[0]

    @property
    def expected_focal(self) -> tuple[float, float]:
        """Focal length in pixels and its relative deviation, before anything is fitted."""
        if self.camera is not None:
            return self.camera.fl_x, 0.0
        return (self.focal, self.deviation) if self.focal else (_LONG * max(self.size), _UNKNOWN)

    @property
    def person(self) -> np.ndarray | None:
        """(H, W) float in [0, 1]: the person, hair and clothes too."""
        if self.mask is not None:
            return self.mask
        return None if self.face is None or self.face.masks is None else self.face.masks.person / np.float32(255)

    @property
    def shows_head(self) -> np.ndarray | None:
        """(H, W) bool: not surely something else, as glasses or hair over the face; None: everywhere."""
        return None if self.trust is None else self.trust > _TRUSTED

    def shrunk(self, side: int) -> "HeadPhoto":
        """The photo with at most `side` pixels along its longer side."""
        width, height = self.size
        scale = side / max(width, height)
        if scale >= 1:
            return self
        width, height = round(width * scale), round(height * scale)

        def smaller(plane: np.ndarray | None) -> np.ndarray | None:
            if plane is None:
                return None
            return np.asarray(
                Image.fromarray(np.ascontiguousarray(plane)).resize((width, height), Image.Resampling.BOX)
            )

        face = self.face
        if face is not None:
            masks = face.masks and FaceMasks(**{name: smaller(plane) for name, plane in vars(face.masks).items()})
            face = replace(face.moved((width / self.size[0], height / self.size[1]), (0, 0)), masks=masks)
        return replace(
            self,
            picture=np.stack([smaller(self.picture[..., k]) for k in range(3)], -1),
            face=face,
            mask=smaller(self.mask),
            trust=smaller(self.trust),
            camera=self.camera and self.camera.resized(width, height),
            focal=self.focal and self.focal * scale,
        )
