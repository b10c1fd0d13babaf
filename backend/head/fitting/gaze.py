"""Where eyes look, from the irises in a photo: the ray of sight through an iris meets the eyeball."""

from dataclasses import dataclass

import numpy as np

from ...scene import FaceRecord
from ...scene.head import EYEBALL
from ...scene.rig import ARKIT, GAZE
from ..model import HeadModel
from .reading import Sighting

_IRISES = {"Left": 473, "Right": 468}  # their middles among the landmarks
_COLUMN = {name: number for number, name in enumerate(ARKIT)}


@dataclass(frozen=True)
class Eyes:
    """Middles (2, 3) and radii (2,) of the left and the right eyeball: metres, the head model's frame."""

    centers: np.ndarray
    radii: np.ndarray

    @classmethod
    def of(cls, model: HeadModel, neutral: np.ndarray) -> "Eyes | None":
        """neutral (V, 3) metres; None for a model without eyeballs."""
        balls = [(model.region == EYEBALL) & (side * neutral[:, 0] > 0) for side in (1, -1)]
        if not all(ball.any() for ball in balls):
            return None
        centers = np.stack([(neutral[ball].min(0) + neutral[ball].max(0)) / 2 for ball in balls]).astype(float)
        radii = [float(np.ptp(neutral[ball], 0).max()) / 2 for ball in balls]
        return cls(centers, np.array(radii))

    def turns(self, face: FaceRecord, sighting: Sighting) -> np.ndarray:
        """(2, 2) radians: yaw, positive to the subject's left, and pitch, positive down, of the left and right eye."""
        back = sighting.pose.rotation.T
        eye = -back @ sighting.pose.translation
        turns = []
        for center, radius, number in zip(self.centers, self.radii, _IRISES.values(), strict=True):
            offset = (face.points[number] - np.asarray(sighting.center)) / sighting.focal
            ray = back @ np.append(offset, 1.0)
            ray /= np.linalg.norm(ray)
            middle = (eye - center) @ ray
            depth = max(radius**2 - ((eye - center) @ (eye - center) - middle**2), 0.0)
            turns.append(_turns(eye - center + (-middle - np.sqrt(depth)) * ray))
        return np.array(turns)

    def toward(self, sighting: Sighting) -> np.ndarray:
        """(2, 2) the same for eyes that look into the camera."""
        eye = -sighting.pose.rotation.T @ sighting.pose.translation
        return np.array([_turns(eye - center) for center in self.centers])


def look_keys(turns: np.ndarray) -> np.ndarray:
    """turns (N, 2, 2) as above -> coefficients (N, 52), all but the eyeLook keys 0."""
    keys = np.zeros((len(turns), len(ARKIT)))
    degrees = np.degrees(turns)
    for number, (side, outward) in enumerate((("Left", 1), ("Right", -1))):
        yaw, pitch = degrees[:, number, 0] * outward, degrees[:, number, 1]
        ways = {"eyeLookOut": yaw, "eyeLookIn": -yaw, "eyeLookDown": pitch, "eyeLookUp": -pitch}
        for name, angle in ways.items():
            keys[:, _COLUMN[name + side]] = np.clip(angle / GAZE[name], 0, 1)
    return keys


def _turns(direction: np.ndarray) -> tuple[float, float]:
    """Yaw and pitch of a direction in the head's frame; a head looks to -Y."""
    x, y, z = direction
    return float(np.arctan2(x, -y)), float(-np.arctan2(z, np.hypot(x, y)))
