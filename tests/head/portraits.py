"""Faces for tests: the demo's bust (this project's own), whose photos lie in the repository."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.scene import FaceRecord
from backend.scene.face import LANDMARKS

DEMO = Path(__file__).parents[2] / "demo" / "capture"
HAS_MEDIAPIPE = importlib.util.find_spec("mediapipe") is not None
needs_mediapipe = pytest.mark.skipif(not HAS_MEDIAPIPE, reason="mediapipe is not installed")


def bust(number, side=512):
    """Photo of the demo bust (side, side, 3) float32: 0 from the front, 1: 16°, 2: 36°, 5: 89°."""
    picture = Image.open(DEMO / "images" / f"{number:03d}.jpg").convert("RGB").resize((side, side), Image.BOX)
    return np.asarray(picture, np.float32) / 255


def bust_mask(number):
    picture = Image.open(DEMO / "masks" / f"{number:03d}.png").convert("L")
    return np.asarray(picture, np.float32) / 255


def record_of(scale, confidence=1.0, sigma=1.0):
    """A record that only has the corners of the eyes."""
    points = np.zeros((LANDMARKS, 2), np.float32)
    points[33], points[263] = (0, 0), (scale, 0)
    plane = np.zeros(LANDMARKS, np.float32)
    return FaceRecord(points, np.full(LANDMARKS, sigma, np.float32), plane, confidence)
