"""What the mouth holds, as parts of their own: teeth and gums of both jaws, the tongue. Centimeters, the left half."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...scene import head as regions
from . import teeth, tongue

FRONT = np.array([0.0, -10.82, -5.10])  # the lips' seam in the middle, to which the parts were placed


@dataclass(frozen=True)
class MouthParts:
    """Teeth, gums and tongue of the left half; what lies on the plane of symmetry belongs to both halves.

    points  (M, 3) where they rest; quads (Q, 4); middle (M,) bool: on the plane of symmetry
    upper, lower, tongue  (M,) bool: teeth with gum of the skull, those of the jaw, the tongue; each vertex is of one
    gum     (M,) bool: not crown, not tongue
    along   (M,) 0 at the tongue's root, 1 at its tip; 0 elsewhere
    """

    points: np.ndarray
    quads: np.ndarray
    middle: np.ndarray
    upper: np.ndarray
    lower: np.ndarray
    tongue: np.ndarray
    gum: np.ndarray
    along: np.ndarray

    @property
    def region(self) -> np.ndarray:
        """(M,) uint8, index into scene.head.REGIONS."""
        return np.where(self.tongue | self.gum, regions.MOUTH, regions.TEETH).astype(np.uint8)

    def whole(self, left: np.ndarray) -> np.ndarray:
        """Vectors of the left half (..., M, 3) -> of both (..., N, 3): the left, then what is the right's alone."""
        center = np.where(self.middle[:, None], np.array([0.0, 1.0, 1.0]), 1.0)
        return np.concatenate([left * center, left[..., ~self.middle, :] * np.array([-1.0, 1.0, 1.0])], -2)

    def both(self, values: np.ndarray) -> np.ndarray:
        """Values (M,) that know no side -> of the vertices of both halves (N,), in the order of `whole`."""
        return np.concatenate([values, values[~self.middle]])

    @property
    def mirror(self) -> np.ndarray:
        """(N,) the vertex on the other side, in the order of `whole`."""
        count = len(self.middle)
        twin = np.where(self.middle, np.arange(count), count + np.cumsum(~self.middle) - 1)
        return np.concatenate([twin, np.flatnonzero(~self.middle)])


@lru_cache(maxsize=1)
def mouth_parts() -> MouthParts:
    """The parts, of which nothing may be written to. In the head model they are the last vertices, in this order."""
    meshes = [make(arch) for arch in (teeth.UPPER, teeth.LOWER) for make in (teeth.crowns, teeth.gum)]
    meshes.append(tongue.build())
    sizes = [len(points) for _, points in meshes]
    starts = np.cumsum([0, *sizes[:-1]])
    rings, cap = tongue.layout()
    on_plane = [starts[1] + teeth.gum_layout(teeth.UPPER)[0], starts[3] + teeth.gum_layout(teeth.LOWER)[0],
                starts[4] + rings[:, 0], starts[4] + rings[:, -1], starts[4] + cap[:, 0]]  # fmt: skip
    middle, along = np.zeros(sum(sizes), bool), np.zeros(sum(sizes))
    middle[np.concatenate(on_plane)] = True
    along[starts[4] :] = 1.0
    along[starts[4] + rings] = (np.arange(len(rings)) / len(rings))[:, None]
    number = np.repeat(np.arange(len(meshes)), sizes)
    return MouthParts(
        points=np.concatenate([points for _, points in meshes]),
        quads=np.concatenate([quads + start for (quads, _), start in zip(meshes, starts, strict=True)]),
        middle=middle, upper=number < 2, lower=(number == 2) | (number == 3), tongue=number == 4,
        gum=(number == 1) | (number == 3), along=along,
    )  # fmt: skip
