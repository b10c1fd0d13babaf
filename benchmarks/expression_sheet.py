"""A picture of many shape keys: each beside the neutral, from the side that tells, close to what moves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from backend.asset.png import to_bytes
from backend.scene import Camera

CELL, CAPTION, GAP, COLUMNS = 190, 16, 6, 6  # pixels; a cell is two pictures side by side
_DISTANCE = 10.0  # of the camera, in distances between the eyes
# Name's beginning -> degrees that the camera stands to the head's left, degrees above, half the picture's height in
# distances between the eyes. The first that fits counts.
_VIEWS: tuple[tuple[str, tuple[float, float, float]], ...] = (
    ("eye", (0, 0, 0.55)), ("brow", (0, 0, 0.95)), ("noseSneer", (0, 0, 0.95)), ("cheekSquint", (20, 0, 0.95)),
    ("jawForward", (75, 0, 1.3)), ("jaw", (0, 0, 1.3)), ("cheekPuff", (40, 0, 1.2)), ("mouthFunnel", (40, 0, 0.8)),
    ("mouthPucker", (40, 0, 0.8)), ("mouthRoll", (40, 0, 0.7)), ("mouthShrug", (40, 0, 0.8)),
    ("mouthClose", (25, 0, 0.9)), ("tongueOut", (30, 0, 0.9)), ("mouth", (0, 0, 0.9)),
)  # fmt: skip
_WHOLE = (25, 0, 1.9)
_WITH = {"mouthClose": "jawOpen"}  # keys that mean nothing without another one

Draw = Callable[[np.ndarray, Camera], np.ndarray]  # vertices (V, 3), camera -> sRGB picture (H, W, 3) in [0, 1]


@dataclass(frozen=True)
class Stance:
    """How a head stands in its frame. axes: columns are its left, what lies behind it, and up, as unit vectors."""

    axes: np.ndarray  # (3, 3)
    between: float  # distance of the eyes' middles

    @classmethod
    def of_eyes(cls, left: np.ndarray, right: np.ndarray, forward: np.ndarray) -> "Stance":
        """left, right: middles of the eyes (3,); forward: where the face looks, roughly."""
        across = left - right
        between = float(np.linalg.norm(across))
        across = across / between
        back = -(forward - (forward @ across) * across)
        back /= np.linalg.norm(back)
        return cls(np.stack([across, back, np.cross(across, back)], 1), between)


def sheet(
    draw: Draw, vertices: np.ndarray, keys: Mapping[str, np.ndarray], stance: Stance, notes: Mapping[str, str]
) -> np.ndarray:
    """Cells of all keys, vertices (V, 3) in the neutral and displacements (V, 3): a picture (H, W, 3) in [0, 1].

    notes: key -> what is written behind its name
    """
    cells = [captioned(pair(draw, vertices, keys, name, stance), f"{name} {notes.get(name, '')}") for name in keys]
    cells += [np.ones_like(cells[0])] * (-len(cells) % COLUMNS)
    rows = [np.concatenate(cells[start : start + COLUMNS], 1) for start in range(0, len(cells), COLUMNS)]
    return np.concatenate(rows)


def pair(
    draw: Draw, vertices: np.ndarray, keys: Mapping[str, np.ndarray], name: str, stance: Stance
) -> tuple[np.ndarray, np.ndarray]:
    """Pictures without and with one key at 1.0, in what it is meant to be used with."""
    move, before = keys[name], keys.get(_WITH.get(name, ""), 0.0)
    camera = camera_for(name, vertices, move, stance)
    return draw((vertices + before).astype(np.float32), camera), draw(
        (vertices + before + move).astype(np.float32), camera
    )


def captioned(pictures: Sequence[np.ndarray], text: str) -> np.ndarray:
    """Square pictures side by side with a line beneath."""
    board = Image.new("RGB", (len(pictures) * CELL + GAP, CELL + CAPTION), "white")
    for number, picture in enumerate(pictures):
        board.paste(Image.fromarray(to_bytes(picture)), (number * CELL, 0))
    ImageDraw.Draw(board).text((4, CELL + 2), text, fill="black")
    return np.asarray(board, np.float32) / 255


def camera_for(name: str, vertices: np.ndarray, move: np.ndarray, stance: Stance) -> Camera:
    """It looks at the middle of what moves."""
    around, above, half = next((view for start, view in _VIEWS if name.startswith(start)), _WHOLE)
    if name.endswith("Right"):
        around = -around
    share = (move**2).sum(1)
    target = (vertices * share[:, None]).sum(0) / max(share.sum(), 1e-12)
    yaw, pitch = np.radians([around, above])
    away = stance.axes @ np.array([np.sin(yaw) * np.cos(pitch), -np.cos(yaw) * np.cos(pitch), np.sin(pitch)])
    right = stance.axes @ np.array([np.cos(yaw), np.sin(yaw), 0.0])
    distance = _DISTANCE * stance.between
    pose = np.eye(4)
    pose[:3] = np.stack([right, np.cross(away, right), away, target + away * distance], 1)
    focal = CELL / 2 * _DISTANCE / half
    return Camera(CELL, CELL, focal, focal, CELL / 2, CELL / 2, pose)
