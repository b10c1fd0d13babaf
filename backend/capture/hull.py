"""The coarse visual hull that bounds and computed masks start from: found anywhere in space, at any scale."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import UserError
from .carve import Silhouette, Votes, agreement, grid, vote
from .rays import nearest_point

_CELLS = (36, 44)  # cubes along the box's longest side, first and second time
_EXPLAINED = 0.98  # recall of the masks from which on a hull is good enough
_HOPELESS = 0.5  # recall below which cameras and masks do not belong together
_BETTER = 0.005  # gain of recall that a laxer judgment is worth
# How strictly a point is judged, strictest first: the share of views that must see it, the share that may carve it.
_JUDGMENTS = ((0.5, 0.0), (0.5, 0.05), (0.5, 0.1), (0.25, 0.0), (0.25, 0.1), (0.0, 0.0), (0.0, 0.1), (0.0, 0.2))


@dataclass(frozen=True)
class Hull:
    """Points of a grid, what the views say of them, which are kept, and how well those explain the masks."""

    votes: Votes
    kept: np.ndarray  # (N,) bool
    recall: np.ndarray  # (V,) share of each mask that is explained

    @property
    def points(self) -> np.ndarray:
        """What is kept, (M, 3) world."""
        return self.votes.points[self.kept]


def find_hull(silhouettes: Sequence[Silhouette], room: float = 0.0) -> Hull:
    """The hull of what the silhouettes show; UserError where cameras and masks contradict one another.

    room: how much farther than the hull its grid reaches on each side, as a share of its half size.
    """
    center = nearest_point(*_central_rays(silhouettes))
    hull = _carve(silhouettes, center, _reach(silhouettes, center), _CELLS[0])
    low, high = hull.points.min(0), hull.points.max(0)
    half = (1 + room) * (high - low) / 2 + 1.5 * hull.votes.spacing
    return _carve(silhouettes, (low + high) / 2, half, _CELLS[1])


def _central_rays(silhouettes: Sequence[Silhouette]) -> tuple[np.ndarray, np.ndarray]:
    """Origins and unit directions (V, 3) of the rays through the masks' centers."""
    centers = [np.argwhere(one.distance < 0).mean(0)[::-1] + 0.5 for one in silhouettes]
    rays = [one.camera.rays(center) for one, center in zip(silhouettes, centers, strict=True)]
    return np.array([one.camera.position for one in silhouettes]), np.array(rays)


def _reach(silhouettes: Sequence[Silhouette], center: np.ndarray) -> float:
    """Half the side of a cube around `center` that holds the subject."""
    reaches = []
    for one in silhouettes:
        pixel, depth = one.camera.project(center)
        if depth <= 0:
            continue
        outline = np.argwhere(one.distance < 0)[:, ::-1] + 0.5
        reaches.append(np.linalg.norm(outline - pixel, axis=1).max() * float(depth) / one.camera.fl_x)
    if len(reaches) < 2:
        raise UserError(
            "The cameras look away from one another: no place lies in front of them. Check that transforms.json has "
            "camera-to-world matrices with OpenGL axes (looking down -Z), as nerfstudio writes them."
        )
    return 1.3 * float(np.percentile(reaches, 80))


def _carve(silhouettes: Sequence[Silhouette], center: np.ndarray, half: np.ndarray | float, cells: int) -> Hull:
    """The strictest hull that explains the masks, else the one that explains most of them."""
    votes = vote(*grid(center, half, cells), silhouettes)
    best = None
    for judgment in _JUDGMENTS:
        kept = votes.survivors(*judgment)
        recall = agreement(votes.points[kept], votes.spacing, silhouettes)[0]
        if kept.any() and (best is None or np.median(recall) > np.median(best.recall) + _BETTER):
            best = Hull(votes, kept, recall)
        if best is not None and np.median(best.recall) >= _EXPLAINED:
            break
    if best is None or np.median(best.recall) < _HOPELESS:
        raise UserError(_contradiction(votes, silhouettes))
    return best


def _contradiction(votes: Votes, silhouettes: Sequence[Silhouette]) -> str:
    """Which views carve what most others keep."""
    seen, carved = votes.seen.sum(0), votes.carved.sum(0)
    support = np.where(seen >= max(2, 0.5 * len(silhouettes)), seen - carved, 0)
    candidates = support >= max(1, support.max())
    against = (votes.carved & candidates).sum(1) / max(candidates.sum(), 1)
    worst = [silhouettes[number].name for number in np.argsort(-against)[:3] if against[number] > 0]
    return (
        "Cameras and masks contradict one another: no place is inside all masks. "
        f"Least in agreement: {', '.join(worst) or 'all of them'}. Check these masks, and that the poses are "
        "camera-to-world with OpenGL axes and belong to these photos."
    )
