"""Colors of a whole head at its vertices: skin and hair as two layers, each known in parts and continued.

Each layer solves a screened Laplace equation on the mesh: near what is seen it follows it, and within a few
centimeters it settles to the photo's typical tone, instead of smearing the last color that was seen.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags
from scipy.sparse.linalg import cg

from ..mesh.parts import components
from ..scene import Surface
from ..scene.head import EAR, EYEBALL, FACE, MOUTH, SCALP, SOCKET, TEETH, HeadShape
from .anatomy import Axes, hairiness
from .complexion import Complexion, skin_tone

_DATA = 30.0  # how strongly a well-seen vertex keeps its color against its neighbors'
_SETTLE = 30.0  # millimeters within which a layer falls to its tone
_SHIFT_SETTLE = 120.0  # millimeters within which the two sides' difference fades
_ODD = 0.2  # sRGB distance from the skin's tone at which a color (brow, lip, nostril) no longer speaks for skin
_CAVITY = np.array([0.30, 0.12, 0.10])  # sRGB of the mouth's inside
_GUMS = np.array([0.66, 0.37, 0.36])  # sRGB of gums and tongue
_TEETH = np.array([0.80, 0.76, 0.68])  # sRGB
_MIRRORED = 0.5  # how far a mirrored color counts beside a seen one


@dataclass(frozen=True)
class Layers:
    """Per vertex, sRGB: shift (V, 3) from mirrored to seen colors, skin (V, 3), hair (V, 3), cover (V,) of hair."""

    shift: np.ndarray
    skin: np.ndarray
    hair: np.ndarray
    cover: np.ndarray


class Net:
    """The mesh's edges as a screened Laplace equation."""

    def __init__(self, surface: Surface, axes: Axes):
        faces, count = surface.faces, len(surface.vertices)
        start, end = faces.ravel(), faces[:, [1, 2, 0]].ravel()
        links = csr_matrix((np.ones(2 * len(start)), (np.r_[start, end], np.r_[end, start])), (count, count))
        links.data[:] = 1.0
        self._links, self._valence = links, np.asarray(links.sum(1)).ravel()
        lengths = np.linalg.norm(surface.vertices[start] - surface.vertices[end], axis=1)
        total = np.bincount(start, lengths, count) + np.bincount(end, lengths, count)
        self._edge = total / np.maximum(np.bincount(np.r_[start, end], minlength=count), 1) / axes.millimeter

    def pull(self, reach: float) -> np.ndarray:
        """(V,) weights that hold a value against its neighbors' within `reach` millimeters."""
        # The sum over a vertex' n neighbors is n / 4 times the edge's square times the Laplacian.
        return 0.25 * self._valence * (self._edge / reach) ** 2 + 1e-6

    def settle(self, values: np.ndarray, keep: np.ndarray, target: np.ndarray, reach: float) -> np.ndarray:
        """values (V, C) kept by weights keep (V,), pulled to target (C,) or (V, C) over `reach` millimeters."""
        pull = self.pull(reach)
        system = diags(self._valence + keep + pull) - self._links
        scale = diags(1 / system.diagonal())
        target = np.broadcast_to(target, values.shape)
        right = keep[:, None] * values + pull[:, None] * target
        guess = np.where(keep[:, None] > 0, values, target)
        columns = zip(right.T, guess.T, strict=True)
        return np.stack([cg(system, b, x0, rtol=1e-4, maxiter=400, M=scale)[0] for b, x0 in columns], 1)


def cover_of_hair(net: Net, surface: Surface, head: HeadShape, axes: Axes, complexion: Complexion) -> np.ndarray:
    """(V,) in [0, 1]: how much hair covers a vertex."""
    hairy = hairiness(surface, head, axes)
    prior = complexion.scalp_hair * (head.region == SCALP)
    keep = _DATA * complexion.evidence**2
    never = (head.region == EAR) | (hairy <= 0)
    cover = net.settle(
        np.where(never, 0.0, complexion.hair)[:, None], np.where(never, 1e3, keep), prior[:, None], _SETTLE / 3
    )
    return np.clip(cover[:, 0], 0, 1) * (hairy > 0)


def layers_of(
    net: Net, head: HeadShape, cover: np.ndarray, complexion: Complexion, colors: np.ndarray, sure: np.ndarray,
    hair_tone: np.ndarray | None,
) -> Layers:  # fmt: skip
    """colors (V, 3) sRGB, sure (V,): how far each is seen, in [0, 1] -> the layers of that map."""
    other, other_sure = colors[head.mirror], sure[head.mirror]
    both = np.minimum(sure, other_sure)
    shift = net.settle(colors - other, _DATA * both**2, np.zeros(3), _SHIFT_SETTLE)
    share = (1 - sure) * other_sure
    known = sure + share
    joined = (sure[:, None] * colors + share[:, None] * (other + shift)) / np.maximum(known, 1e-9)[:, None]
    weight = sure + _MIRRORED * share
    tone = skin_tone(colors, sure, head, complexion)
    odd = 1 / (1 + (np.linalg.norm(joined - tone, axis=1) / _ODD) ** 2) ** 2
    target = np.broadcast_to(tone, colors.shape).copy()
    keep = _DATA * weight**2 * (1 - cover) ** 2 * odd
    loose = loose_in(head)
    for chosen, color in (
        (head.region == MOUTH, _CAVITY), (loose & (head.region == MOUTH), _GUMS), (head.region == TEETH, _TEETH)
    ):  # fmt: skip
        target[chosen], keep[chosen] = color, 0
    inner = np.isin(head.region, (MOUTH, TEETH, EYEBALL, SOCKET))
    # What the skin encloses has a color of its own from the first edge on.
    skin = net.settle(np.where(inner[:, None], target, joined), np.where(inner, _DATA, keep), target, _SETTLE)
    hair = np.broadcast_to(tone if hair_tone is None else hair_tone, colors.shape)
    if hair_tone is not None:
        hair = net.settle(joined, _DATA * weight**2 * cover**2, hair, _SETTLE)
    return Layers(shift, np.clip(skin, 0, 1), np.clip(hair, 0, 1), cover)


def loose_in(head: HeadShape) -> np.ndarray:
    """(V,) bool: what does not hang together with the face."""
    label = components(head.surface.faces, len(head.region))
    return label != np.bincount(label[head.region == FACE], minlength=1).argmax()
