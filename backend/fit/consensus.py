"""Pixels that disagree with what the other photos show of the same surface point lose their say in the geometry.

Hands, hair that fell, a shadow that moved with the lamp, glasses before a face: whatever it is, most photos of the
point do not show it. What differs from their median by much more than photos of this subject usually differ is
doubted, lighter or darker alike; the median is symmetric in the views, and two photos have none. Slow differences
over the picture are shading and exposure, not disturbance, and are taken out first. (Weights: Geman & McClure 1985.)
"""

import torch

from .looks import BLUR, Scene, ranked_looks, window_mean

_AROUND = 1 / 6  # radius of the surroundings that slow differences are taken from, in pictures' longer sides
_LEAST = 3  # photos that must show a point before one of them can be doubted
_USUAL = 3.0  # times the usual difference up to which a pixel is believed in full
_GRAY = 0.06  # difference (sRGB) up to which it is believed in any case
_FLOOR = 0.1  # weight that nothing falls below: it may be the others that are wrong


def consensus_trust(scene: Scene, index: int) -> torch.Tensor:
    """How far view `index` agrees with the others about what its pixels show: (H, W) in [_FLOOR, 1]."""
    target = scene.targets[index]
    side = max(target.size)
    rast = scene.renderer.rasterize(target.clip_of(scene.vertices), scene.faces, target.size)
    own, ranked = ranked_looks(scene, index, rast, "gray")
    count = torch.isfinite(ranked).sum(0)
    known = (count >= _LEAST) & (rast[..., 3] > 0) & (target.mask > 0.5)
    if not known.any():
        return torch.ones_like(own)
    last = (count - 1).clamp_min(0)
    middle = (ranked.gather(0, (last // 2)[None]) + ranked.gather(0, ((last + 1) // 2)[None]))[0] / 2
    off = torch.where(known, own - middle, torch.zeros_like(own))
    off = (off - window_mean(off, known.float(), max(2, round(_AROUND * side)))).abs() * known
    usual = _USUAL * 1.4826 * float(off[known].median())  # of a normal distribution: three standard deviations
    excess = (off / max(usual, _GRAY) - 1).clamp_min(0)
    trust = (1 / (1 + (excess / 0.5).square()).square()).clamp_min(_FLOOR)
    return _least_around(trust, max(1, round(BLUR * side / 2)))


def _least_around(plane: torch.Tensor, radius: int) -> torch.Tensor:
    """The least of each pixel's surroundings (H, W): what disturbs is larger than where it is plain to see."""
    return -torch.nn.functional.max_pool2d(-plane[None], 2 * radius + 1, stride=1, padding=radius)[0]
