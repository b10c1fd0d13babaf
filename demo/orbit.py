"""Where the photographer stands: cameras all around a head, as from a hand-held orbit.

Meters, +Z up, the face to -Y. Azimuth 0 is in front of the face and grows towards the subject's left (+X).
"""

import math
from dataclasses import dataclass

import numpy as np

AIM = np.array([0.0, 0.0, -0.012])  # meters; what the cameras look at, between the ears
DISTANCE = 0.92  # meters from there
LOWEST, HIGHEST = -15.0, 28.0  # degrees of elevation
GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)  # its multiples spread evenly whatever their number


@dataclass(frozen=True)
class Shot:
    """One photo: where from (degrees) and the camera-to-world pose (4, 4), OpenGL axes."""

    azimuth: float
    elevation: float
    pose: np.ndarray


def look_at(position: np.ndarray, target: np.ndarray, roll: float = 0.0) -> np.ndarray:
    """Camera-to-world (4, 4), OpenGL axes, level but for `roll` radians about the optical axis."""
    back = (position - target) / np.linalg.norm(position - target)
    right = np.cross((0.0, 0.0, 1.0), back)
    right /= np.linalg.norm(right)
    up = np.cross(back, right)
    pose = np.eye(4)
    pose[:3, 0] = math.cos(roll) * right + math.sin(roll) * up
    pose[:3, 1] = math.cos(roll) * up - math.sin(roll) * right
    pose[:3, 2], pose[:3, 3] = back, position
    return pose


def shot(azimuth: float, elevation: float, unsteady: np.ndarray) -> Shot:
    """A photo from a direction in degrees; `unsteady` (5,) in [-1, 1] moves aim, distance and roll a little."""
    a, e = math.radians(azimuth), math.radians(elevation)
    direction = np.array([math.sin(a) * math.cos(e), -math.cos(a) * math.cos(e), math.sin(e)])
    target = AIM + 0.005 * unsteady[:3]
    position = target + DISTANCE * (1.0 + 0.025 * unsteady[3]) * direction
    return Shot(azimuth, elevation, look_at(position, target, math.radians(1.5) * unsteady[4]))


def orbit(count: int, seed: int) -> list[Shot]:
    """`count` photos in even steps of azimuth, elevations mixed; the first is frontal at about 4 degrees."""
    rng = np.random.default_rng(seed)
    shots = []
    for i in range(count):
        unsteady = rng.uniform(-1, 1, 6)
        azimuth = 360.0 * i / count + (2.0 * unsteady[5] if i else 0.0)
        elevation = LOWEST + (HIGHEST - LOWEST) * math.fmod(0.44 + i * GOLDEN, 1.0)
        shots.append(shot(azimuth, elevation, unsteady[:5] * (i > 0)))
    return shots


def held_out(count: int, seed: int) -> list[Shot]:
    """Held-out photos, elsewhere than the training ones: the first is a three-quarter portrait."""
    rng = np.random.default_rng(seed + 1)
    return [
        shot(27.0 + 360.0 * i / count, 2.0 + 16.0 * math.fmod(0.3 + i * GOLDEN, 1.0), rng.uniform(-1, 1, 5))
        for i in range(count)
    ]


def transforms(shots: list[Shot], files: list[tuple[str, str]], size: int, focal: float) -> dict:
    """The transforms.json of square photos, `size` and `focal` in pixels; files are (photo, mask) for each shot."""
    frames = [
        {"file_path": photo, "mask_path": mask, "transform_matrix": one.pose.tolist()}
        for one, (photo, mask) in zip(shots, files, strict=True)
    ]
    return {
        "w": size, "h": size, "fl_x": focal, "fl_y": focal, "cx": size / 2, "cy": size / 2,
        "k1": 0.0, "k2": 0.0, "p1": 0.0, "p2": 0.0,
        "camera_angle_x": 2 * math.atan(size / (2 * focal)),
        "frames": frames,
    }  # fmt: skip
