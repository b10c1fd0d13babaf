"""The synthetic capture as an artist would have it: photos and masks in a folder, cameras in a frame of their own."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from backend import protocol
from tests.synthetic import orbit

CENTER, SCALE = np.array([5.0, -2.0, 40.0]), 30.0  # the capture's own frame: no meters, no origin


def write_capture(folder: Path) -> Path:
    """Twelve photos of 96² with masks; returns the transforms.json."""
    frames = []
    for view in orbit(12, 96):
        pose = view.camera.camera_to_world.copy()
        pose[:3, 3] = pose[:3, 3] * SCALE + CENTER
        Image.fromarray((view.photo * 255).round().astype(np.uint8)).save(folder / f"{view.name}.png")
        Image.fromarray((view.mask * 255).round().astype(np.uint8)).save(folder / f"{view.name}_mask.png")
        frames.append({
            "file_path": f"{view.name}.png", "mask_path": f"{view.name}_mask.png", "transform_matrix": pose.tolist(),
        })  # fmt: skip
    lens = {"w": 96, "h": 96, "fl_x": 2.4 * 96, "fl_y": 2.4 * 96, "cx": 48.0, "cy": 48.0}
    (folder / "transforms.json").write_text(json.dumps({**lens, "frames": frames}))
    return folder / "transforms.json"


def request(capture: Path, out: Path, **options) -> protocol.FitRequest:
    """A quick fit of it."""
    values = {"subject": "object", "preset": "preview", "device": "cpu", **options}
    return protocol.FitRequest(str(capture), str(out), **values).validate()
