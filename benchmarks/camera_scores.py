"""How far solved cameras are from the true ones, once the frame and the unit that nobody can know are taken out."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from backend.scene import Camera

from .truth import load_cameras


def score_cameras(solved: Path, known: Path) -> tuple[float, float]:
    """The largest errors of the cameras of one transforms.json against those of the same names in another."""
    true = _named_cameras(known)
    found = {name: camera for name, camera in _named_cameras(solved).items() if name in true}
    degrees, percent = camera_errors(list(found.values()), [true[name] for name in found])
    return float(degrees.max()), float(percent.max())


def _named_cameras(path: Path) -> dict[str, Camera]:
    frames = json.loads(path.read_text())["frames"]
    names = [frame.get("name") or Path(frame["file_path"]).stem for frame in frames]
    return dict(zip(names, load_cameras(path), strict=True))


def camera_errors(found: Sequence[Camera], true: Sequence[Camera]) -> tuple[np.ndarray, np.ndarray]:
    """Errors (N,) of rotation in degrees, and of position in percent of the true distance from the origin.

    The similarity that brings the N >= 3 positions found onto the true ones is taken out (Umeyama 1991, eq. 40-43).
    """
    given, wanted = (np.stack([camera.position for camera in cameras]) for cameras in (found, true))
    centered, target = given - given.mean(0), wanted - wanted.mean(0)
    left, sizes, right = np.linalg.svd(target.T @ centered)
    signs = np.array([1, 1, np.sign(np.linalg.det(left @ right))])
    rotation = left * signs @ right
    scale = (sizes * signs).sum() / (centered**2).sum()
    apart = np.linalg.norm(scale * centered @ rotation.T - target, axis=1) / np.linalg.norm(wanted, axis=1)
    turns = [
        a.camera_to_world[:3, :3].T @ rotation.T @ b.camera_to_world[:3, :3] for a, b in zip(found, true, strict=True)
    ]
    # By the distance from the identity: near it an arc cosine of the trace would lose half of its digits.
    halves = [np.linalg.norm(turn - np.eye(3)) / np.sqrt(8) for turn in turns]
    return np.degrees(2 * np.arcsin(np.clip(halves, 0, 1))), 100 * apart
