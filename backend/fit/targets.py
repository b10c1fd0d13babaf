"""The photos as the fit reads them: gray pyramids, masks and lenses, bottom-up like the rasterizer's pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage

from ..kernels.reproject import Lens, lens_of
from ..scene import CutPlane, View
from .beyond import pixels_beyond, points_beyond
from .matte import has_color, matte_light, unclipped

_REACH = 1.6  # half the depth range drawn around the origin; the subject itself lies within 1
_MARGIN = 0.04  # background kept around a mask, as a share of the picture's longer side
# Weight (View.trust) from which on geometry hears a pixel in full. One photo's word that skin shines or varies much
# is less than what comparing photos tells: silenced, most of a nose under hard light would have no shape.
_DOUBTED = 0.25
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class Target:
    """One view at one resolution.

    gray   (H, W) what is compared between photos: sRGB luma, or matte light (matte.py)
    mask   (H, W) coverage of the subject, 0..1
    low, high  (H, W) the least and the greatest of a pixel's sRGB channels
    trust  (H, W) belief in the mask, 0..1: none beyond the cut, and none where glasses may be what the mask ends with;
           the subject lies within it all the same
    clip   (4, 4) normalized frame -> OpenGL clip space
    clear  (H, W) how far a pixel shows the subject's own surface and nothing before it (from View.trust), 0..1
    footprint  length of a pixel at the subject's distance
    matte  whether gray is matte light
    """

    gray: torch.Tensor
    low: torch.Tensor
    high: torch.Tensor
    mask: torch.Tensor
    trust: torch.Tensor
    clear: torch.Tensor
    clip: torch.Tensor
    lens: Lens
    near: float
    far: float
    footprint: float
    weight: float
    matte: bool

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return tuple(self.gray.shape)

    def clip_of(self, vertices: torch.Tensor) -> torch.Tensor:
        """vertices (V, 3) normalized -> clip space (V, 4)."""
        return torch.nn.functional.pad(vertices, (0, 1), value=1.0) @ self.clip.T

    def depth(self, rast: torch.Tensor) -> torch.Tensor:
        """Distance along the optical axis (H, W) of what rast (H, W, 4) sees; 0 where empty."""
        near, far = self.near, self.far
        depth = 2 * far * near / (far + near - rast[..., 2] * (far - near))
        return torch.where(rast[..., 3] > 0, depth, torch.zeros_like(depth))


def make_targets(
    views: Sequence[View], cut: CutPlane | None, side: int, device: torch.device, matte: bool = False
) -> list[Target]:
    """The views shrunk to `side` pixels along their longer side (never enlarged).

    matte: whether to compare what skin shows beneath its gloss (matte.py), if the photos have its color.
    """
    beyond = None if cut is None else points_beyond(views, cut)
    small = [view.shrunk(side).cropped(_MARGIN) for view in views]
    matte = matte and has_color(small)
    return [_make_target(view, beyond, device, matte) for view in small]


def _make_target(view: View, beyond: np.ndarray | None, device: torch.device, matte: bool) -> Target:
    camera = view.camera
    distance = float(np.linalg.norm(camera.position))
    near, far = max(distance - _REACH, 0.05 * distance), distance + _REACH
    trust = np.ones(view.mask.shape, np.float32)
    if beyond is not None:
        trust[pixels_beyond(camera, beyond)] = 0.0
    if view.trust is not None:  # the edge's outer pixel, just beyond glasses that stick out, is theirs as well
        hidden = ndimage.binary_dilation(view.trust < _DOUBTED)
        trust[hidden & (view.mask > 0)] = 0.0

    def upright(plane: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(plane[::-1], dtype=np.float32)).to(device)

    clear = np.ones_like(trust) if view.trust is None else np.minimum(view.trust / _DOUBTED, 1)
    if matte:
        clear = clear * unclipped(view.photo)
    return Target(
        gray=upright(matte_light(view.photo) if matte else view.photo @ _LUMA),
        low=upright(view.photo.min(-1)),
        high=upright(view.photo.max(-1)),
        mask=upright(view.mask),
        trust=upright(trust),
        clear=upright(clear),
        clip=torch.from_numpy(camera.clip_matrix(near, far).astype(np.float32)).to(device),
        lens=lens_of(camera),
        near=near,
        far=far,
        footprint=distance / float(np.sqrt(camera.fl_x * camera.fl_y)),
        weight=view.weight,
        matte=matte,
    )
