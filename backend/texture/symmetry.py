"""Each triangle's twin on the head's other side.

The mirror pairs vertices. A triangle (a, b, c) whose mirrored corners form a triangle too has that one as its
twin. Where a quad a b c d was split along a-c on one side and along b'-d' on the other, it has two:
    a'b'd' with weights (wa - wc, wb + wc, wc)        where wa >= wc, as c = b + d - a in a parallelogram
    b'c'd' with weights (wa + wb, wc - wa, wa)        elsewhere
"""

from dataclasses import dataclass

import numpy as np
import warp as wp

from .row_launch import RowLauncher
from .texel_geometry import Skin

wp.set_module_options({"enable_backward": False})


@dataclass(frozen=True)
class Twins:
    """face (F, 2) int32, -1 where there is none; turn (F, 2, 3, 3): weights in the face -> weights in its twin."""

    face: np.ndarray
    turn: np.ndarray

    def upload(self, launcher: RowLauncher) -> "wp.Struct":
        """As the kernels read it."""
        held = Mirror()
        held.face = launcher.upload(self.face, wp.int32)
        held.turn = launcher.upload(self.turn.astype(np.float32), wp.mat33)
        return held


@wp.struct
class Mirror:
    face: wp.array2d(dtype=wp.int32)
    turn: wp.array2d(dtype=wp.mat33)


@wp.func
def twin_uv(skin: Skin, mirror: Mirror, face: int, weights: wp.vec3) -> wp.vec3:
    """Texture coordinates of the mirrored point, and 1 where it exists."""
    twin = mirror.face[face, 0]
    if twin < 0:
        return wp.vec3()
    turned = mirror.turn[face, 0] * weights
    if wp.min(turned) < -1.0e-4 and mirror.face[face, 1] >= 0:
        other = mirror.turn[face, 1] * weights
        if wp.min(other) > wp.min(turned):
            twin = mirror.face[face, 1]
            turned = other
    a, b, c = skin.uvs[skin.uv_faces[twin, 0]], skin.uvs[skin.uv_faces[twin, 1]], skin.uvs[skin.uv_faces[twin, 2]]
    uv = a * turned[0] + b * turned[1] + c * turned[2]
    return wp.vec3(uv[0], uv[1], 1.0)


def find_twins(faces: np.ndarray, mirror: np.ndarray) -> Twins:
    """faces (F, 3), mirror (V,) -> the twin of every face."""
    faces, mirror = faces.astype(np.int64), mirror.astype(np.int64)
    index = _Index(faces, len(mirror))
    twin, turn = np.full((len(faces), 2), -1), np.zeros((len(faces), 2, 3, 3))
    whole = index.find(mirror[faces])
    twin[:, 0] = whole
    matched = whole >= 0
    turn[matched, 0] = _places(faces[whole[matched]], mirror[faces[matched]])
    across = _across(faces, len(mirror))
    for corner in range(3):
        c, a = faces[:, (corner + 1) % 3], faces[:, (corner + 2) % 3]
        b, d = faces[:, corner], across[:, corner]
        first = index.find(np.stack([mirror[a], mirror[b], mirror[d]], 1))
        second = index.find(np.stack([mirror[b], mirror[c], mirror[d]], 1))
        rows = np.flatnonzero((twin[:, 0] < 0) & (d >= 0) & (first >= 0) & (second >= 0))
        # Rows: the twin's corners a', b', d' (or b', c', d'); columns: weights of the corners b, c, a of this face.
        halves = (((0, -1, 1), (1, 1, 0), (0, 1, 0)), ((1, 0, 1), (0, 1, -1), (0, 0, 1)))
        named = (np.stack([a, b, d], 1), np.stack([b, c, d], 1))
        for side, found in enumerate((first, second)):
            order = _places(faces[found[rows]], mirror[named[side][rows]])
            shift = np.roll(np.eye(3), corner, 1)  # weights of (b, c, a) from the face's own order
            twin[rows, side] = found[rows]
            turn[rows, side] = order @ np.array(halves[side], float) @ shift
    return Twins(twin.astype(np.int32), turn)


class _Index:
    """Faces by the set of their corners."""

    def __init__(self, faces: np.ndarray, count: int):
        self._count = count
        keys = self._keys(faces)
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order]

    def _keys(self, corners: np.ndarray) -> np.ndarray:
        low, middle, high = np.sort(corners, 1).T
        return (low * self._count + middle) * self._count + high

    def find(self, corners: np.ndarray) -> np.ndarray:
        """corners (N, 3) -> face (N,), -1 where no face has them."""
        keys = self._keys(corners)
        at = np.minimum(np.searchsorted(self._sorted, keys), len(self._sorted) - 1)
        return np.where(self._sorted[at] == keys, self._order[at], -1)


def _places(corners: np.ndarray, named: np.ndarray) -> np.ndarray:
    """(N, 3) corners and the same ones in another order -> permutation matrices (N, 3, 3)."""
    return (corners[:, :, None] == named[:, None, :]).astype(float)


def _across(faces: np.ndarray, count: int) -> np.ndarray:
    """(F, 3): the vertex beyond the edge opposite each corner, -1 at a border."""
    start, end = faces[:, [1, 2, 0]].ravel(), faces[:, [2, 0, 1]].ravel()
    keys = start * count + end
    order = np.argsort(keys, kind="stable")
    wanted = end * count + start
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    found = order[at]
    return np.where(keys[found] == wanted, faces.ravel()[found], -1).reshape(-1, 3)
