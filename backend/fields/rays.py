"""Rays through pixels."""

import numpy as np
import torch

from ..scene import Camera
from .field import Rays


def camera_rays(camera: Camera, device: torch.device) -> Rays:
    """One ray through the middle of every pixel, row by row from the top (H * W rays)."""
    rows, columns = np.indices((camera.height, camera.width)) + 0.5
    directions = camera.rays(np.stack([columns, rows], -1)).reshape(-1, 3)
    origins = np.broadcast_to(camera.position, directions.shape)
    both = (np.ascontiguousarray(part, np.float32) for part in (origins, directions))
    return Rays(*(torch.from_numpy(part).to(device) for part in both))
