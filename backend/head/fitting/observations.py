"""What the least squares see: points of a head model's surface and where photos show them."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Observations:
    """Points of one photo (M of them). Pixels as in scene.Camera.

    corners  (M, 3) int32 vertices of the model; weights (M, 3): the point is their weighted mean
    target   (M, 2) pixels
    whiten   (M, 2, 2): whiten @ (projected - target) has unit variance; a zero row says nothing
    robust   residual length, in deviations, beyond which an observation counts as an outlier (Geman and McClure 1987)
    """

    corners: np.ndarray
    weights: np.ndarray
    target: np.ndarray
    whiten: np.ndarray
    robust: float

    @property
    def count(self) -> int:
        """Number of points."""
        return len(self.corners)


@dataclass(frozen=True)
class Tracks:
    """Pixels of a first photo, and where a second photo shows the same points of the skin (M of them).

    Which point of the model that is stays open: it is where the pixel's line of sight meets the model's surface, so
    only the surface's distance along its normal matters, and the model may slide beneath.

    corners, weights  (M, 3): a point of the surface near there; normal (M, 3) unit, world
    pixel, target     (M, 2) pixels of the first and the second photo; whiten and robust as in Observations
    """

    first: int
    second: int
    corners: np.ndarray
    weights: np.ndarray
    normal: np.ndarray
    pixel: np.ndarray
    target: np.ndarray
    whiten: np.ndarray
    robust: float

    @property
    def count(self) -> int:
        """Number of points."""
        return len(self.corners)


@dataclass(frozen=True)
class Relief:
    """How far points of one photo lie behind one another, as a landmark detector guesses it (M of them).

    corners, weights  (M, 3) as in Observations
    target   (M, 1) pixels at the head's distance, growing away from the camera; only differences mean anything
    whiten   (M, 1, 1), per pixel; robust as in Observations
    """

    corners: np.ndarray
    weights: np.ndarray
    target: np.ndarray
    whiten: np.ndarray
    robust: float

    @property
    def count(self) -> int:
        """Number of points."""
        return len(self.corners)


def isotropic(corners, weights, target, sigma: np.ndarray, robust: float) -> Observations:
    """Points known alike in both directions, to sigma (M,) pixels; those of infinite sigma are left out."""
    known = np.isfinite(sigma)
    whiten = np.eye(2) / sigma[known, None, None]
    return Observations(corners[known], weights[known], target[known].astype(float), whiten, robust)
