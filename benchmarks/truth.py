"""What is known about a capture: its cameras, its held-out photos and, where it was modeled, its true surface."""

import json
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from backend.scene import Camera, Surface, View

_UNDISTORTED = ("k1", "k2", "k3", "k4", "p1", "p2")


@dataclass(frozen=True)
class Truth:
    """The surface that the photos show, metres, +Z up."""

    surface: Surface
    floor: float  # what lies lower is not judged: photos show clothes or nothing there
    landmarks: np.ndarray | None  # (68, 3) on the face


@dataclass(frozen=True)
class HeldOut:
    """A photo that no fit sees."""

    view: View
    background: np.ndarray | None  # (H, W, 3) the photo without its subject, where it is known

    def shrunk(self, side: int) -> "HeldOut":
        """The same with at most `side` pixels along the longer side (area average)."""
        if self.background is None:
            return replace(self, view=self.view.shrunk(side))
        return HeldOut(self.view.shrunk(side), replace(self.view, photo=self.background).shrunk(side).photo)

    def moved(self, center: np.ndarray, radius: float) -> "HeldOut":
        """The same in the frame where world point p becomes (p - center) / radius."""
        return replace(self, view=replace(self.view, camera=self.view.camera.moved(center, radius)))

    def over_white(self) -> "HeldOut":
        """The photo laid over white by its mask."""
        share = self.view.mask[..., None]
        photo = (self.view.photo * share + 1 - share).astype(np.float32)
        return HeldOut(replace(self.view, photo=photo), np.ones_like(photo))


def load_truth(capture: Path) -> Truth | None:
    """Of gt/neutral.obj with gt/meta.json, or of truth.npz; None where a capture has neither."""
    if (capture / "truth.npz").is_file():
        arrays = np.load(capture / "truth.npz")
        floor = float(arrays["floor"]) if "floor" in arrays else -np.inf
        return Truth(Surface(arrays["vertices"].astype(np.float32), arrays["faces"].astype(np.int32)), floor, None)
    folder = capture / "gt"
    if not (folder / "neutral.obj").is_file():
        return None
    meta = json.loads((folder / "meta.json").read_text())
    marks = json.loads((folder / "landmarks.json").read_text())["landmarks"]
    points = np.array([mark["position"] for mark in marks])
    return Truth(_read_obj(folder / "neutral.obj"), float(meta["neck_plane_z"]), points)


def load_cameras(path: Path) -> list[Camera]:
    """Of a transforms.json, without its photos."""
    document = json.loads(path.read_text())
    return [_camera({**document, **frame}, path) for frame in document["frames"]]


def load_held_out(capture: Path) -> list[HeldOut]:
    """The frames of transforms_test.json; none where there is no such file."""
    path = capture / "transforms_test.json"
    if not path.is_file():
        return []
    document = json.loads(path.read_text())
    background = _picture(capture / "background.png", "RGB") if (capture / "background.png").is_file() else None
    views = []
    for frame in document["frames"]:
        photo = capture / frame["file_path"]
        mask = _picture(capture / frame["mask_path"], "L")
        view = View(photo.stem, _picture(photo, "RGB"), mask, _camera({**document, **frame}, path), photo)
        fits = background is not None and background.shape == view.photo.shape
        views.append(HeldOut(view, background if fits else None))
    return views


def training_file(capture: Path) -> Path:
    """The transforms.json that a fit may see."""
    path = capture / "transforms_train.json"
    return path if path.is_file() else capture / "transforms.json"


def _camera(frame: dict, path: Path) -> Camera:
    if any(frame.get(key) for key in _UNDISTORTED):
        raise SystemExit(f"{path}: held-out photos with lens distortion cannot be measured; undistort them first.")
    lens = (float(frame[key]) for key in ("fl_x", "fl_y", "cx", "cy"))
    return Camera(int(frame["w"]), int(frame["h"]), *lens, camera_to_world=np.array(frame["transform_matrix"], float))


def _picture(path: Path, mode: str) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert(mode), np.float32) / 255


def _read_obj(path: Path) -> Surface:
    """Positions and triangles (polygons as fans) of a Wavefront file."""
    vertices, faces = [], []
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            kind, _, rest = line.partition(" ")
            if kind == "v":
                vertices.append([float(number) for number in rest.split()[:3]])
            elif kind == "f":
                corners = [int(corner.split("/")[0]) for corner in rest.split()]
                corners = [corner - 1 if corner > 0 else len(vertices) + corner for corner in corners]
                faces += [(corners[0], *pair) for pair in pairwise(corners[1:])]
    return Surface(np.array(vertices, np.float32), np.array(faces, np.int32))
