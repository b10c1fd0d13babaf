"""What a photo says of a face in it, as found by a detector of landmarks or clicked by hand."""

from dataclasses import dataclass, replace

import numpy as np

LANDMARKS = 478  # of mediapipe's face mesh: 468 on the skin, then 5 on each iris
MASKS = ("person", "skin", "hair", "glasses", "highlight")


@dataclass(frozen=True)
class FaceMasks:
    """Soft masks (H, W) uint8 of the photo's size, 255 = surely that."""

    person: np.ndarray  # the whole person, hair and clothes too
    skin: np.ndarray  # of face, ears and neck: no eyes, brows, lips, hair, glasses or highlights
    hair: np.ndarray  # on the head; a beard is not told apart
    glasses: np.ndarray  # frames, and what shines or shades on their lenses
    highlight: np.ndarray  # where the skin mirrors a lamp


@dataclass(frozen=True)
class FaceRecord:
    """One face in one photo. Pixels: x to the right, y down, the first pixel's centre at (0.5, 0.5).

    points      (478, 2) float32 pixels, in the order of mediapipe's face mesh
    sigma       (478,) float32 pixels: standard deviation of a point; inf where it says nothing
    depth       (478,) float32 pixels, growing away from the camera: a weak guess of the detector, no measurement
    confidence  how far the detections on different crops agree, 0 .. 1
    """

    points: np.ndarray
    sigma: np.ndarray
    depth: np.ndarray
    confidence: float
    masks: FaceMasks | None = None
    source: str = "mediapipe"  # or "clicked"

    @property
    def scale(self) -> float:
        """Distance of the outer corners of the eyes in pixels: the face's own unit of length."""
        return float(np.linalg.norm(self.points[33] - self.points[263]))

    def moved(self, factor: tuple[float, float], offset: tuple[float, float]) -> "FaceRecord":
        """The points (and no masks) in a picture where pixel p is p * factor + offset."""
        length = float(np.sqrt(abs(factor[0] * factor[1])))
        points = (self.points * np.asarray(factor) + np.asarray(offset)).astype(np.float32)
        return replace(self, points=points, sigma=self.sigma * length, depth=self.depth * length, masks=None)
