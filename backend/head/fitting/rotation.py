"""Rotations as small turns, for least squares."""

import numpy as np


def turned(rotation: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """rotation (3, 3) followed by the rotation vector turn (3,) radians (Rodrigues' formula) -> (3, 3)."""
    angle = np.linalg.norm(turn)
    cross = skew(turn)
    if angle < 1e-8:
        return (np.eye(3) + cross) @ rotation
    step = np.eye(3) + np.sin(angle) / angle * cross + (1 - np.cos(angle)) / angle**2 * cross @ cross
    return step @ rotation


def skew(vectors: np.ndarray) -> np.ndarray:
    """(..., 3) -> (..., 3, 3) with skew(a) @ b = a x b."""
    x, y, z = np.moveaxis(np.asarray(vectors, float), -1, 0)
    zero = np.zeros_like(x)
    return np.stack([np.stack(row, -1) for row in ((zero, -z, y), (z, zero, -x), (-y, x, zero))], -2)
