"""Highlights kept out of the geometry.

A reflection of a lamp moves over the skin as the camera moves, and it does so as if it lay behind the surface: photo-
consistency would dig a dent there. What the skin itself looks like stays where it is. So each photo is
compared, at low resolution, with what its neighbors show of the same surface points. A highlight is where it
is brighter than most of them and more so than its surroundings, and where the light that was added is white: the
lowest color channel rises at least as much as the highest (Shafer 1985, the dichromatic model). At the border of
hair and skin, where a coarse surface confuses the two, the highest channel rises more.
"""

import numpy as np
import torch
from scipy import ndimage

from .looks import BLUR, Scene, ranked_looks, window_mean

_AROUND = 1 / 6  # radius of the surroundings: slow changes of shading between photos cancel out
_QUANTILE = 0.3  # of a point's looks in all photos: what the surface itself looks like
_CORE, _FLANK = 0.05, 0.02  # sRGB excess that is certainly a highlight, and that belongs to one
_WHITE = 0.8  # least ratio of the lowest channel's excess to the highest channel's
_LEAST = 6  # photos that must show a point before one of them can be doubted: fewer are no majority


def highlight_trust(scene: Scene, index: int) -> torch.Tensor:
    """Whether each pixel of view `index` may be believed to show the surface and not a reflection: (H, W), 0 or 1."""
    target = scene.targets[index]
    side = max(target.size)
    rast = scene.renderer.rasterize(target.clip_of(scene.vertices), scene.faces, target.size)
    low, known = _excess(scene, index, rast, "low")
    high, _ = _excess(scene, index, rast, "high")
    white = low > _WHITE * high
    low = (low - window_mean(low, known, max(2, round(_AROUND * side)))) * known * white
    # From where it is plain to see, a highlight is followed down its flanks: half a highlight misleads as well.
    core, flanks = ((low > level).cpu().numpy() for level in (_CORE, _FLANK))
    doubt = ndimage.binary_propagation(core, mask=flanks)
    doubt = ndimage.binary_dilation(doubt, iterations=max(1, round(BLUR * side)))
    return 1 - torch.from_numpy(doubt.astype(np.float32)).to(rast.device)


def _excess(scene: Scene, index: int, rast: torch.Tensor, channel: str) -> tuple[torch.Tensor, torch.Tensor]:
    """By how much the view exceeds what the surface itself looks like (H, W), and where that is known (H, W)."""
    own, ranked = ranked_looks(scene, index, rast, channel)
    count = torch.isfinite(ranked).sum(0)
    rank = ((count - 1).clamp_min(0) * _QUANTILE).long()
    known = (count >= _LEAST) & (rast[..., 3] > 0)
    plain = ranked.gather(0, rank[None])[0]
    return torch.where(known, own - plain, torch.zeros_like(own)), known.float()
