"""The visual hull as a signed distance, from the distance transforms of the masks."""

from collections.abc import Sequence

import numpy as np
import torch
from scipy import ndimage

from ..scene import Capture, CutPlane, Surface, View
from .lattice import band_lattice
from .marching import marching_tetrahedra
from .topology import largest_component

_UNSEEN = -1.0e3  # what a view says of a point outside its picture: nothing


def carve(capture: Capture, resolution: int, extent: float, dissent: int = 0, radius: float = 1.0) -> Surface:
    """The visual hull of a normalized capture as a closed surface of one component.

    resolution: cubes along [-extent, extent]; dissent, radius: see `hull_distance`.
    """
    lattice = band_lattice(np.ones((resolution,) * 3, bool), extent)
    distance = hull_distance(lattice.points.numpy(), capture.views, capture.cut, dissent, radius)
    vertices, faces = marching_tetrahedra(lattice, torch.from_numpy(distance))
    return largest_component(Surface(vertices.numpy(), faces.numpy()))


def mask_distance(mask: np.ndarray) -> np.ndarray:
    """mask (H, W) -> signed distance to its outline in pixels (H, W) float32, negative inside; pixels' own centers."""
    inside = mask > 0.5
    if inside.all() or not inside.any():
        return np.full(mask.shape, -max(mask.shape) if inside.all() else max(mask.shape), np.float32)
    outward = ndimage.distance_transform_edt(~inside)
    inward = ndimage.distance_transform_edt(inside)
    # The outline runs between pixels: half a pixel from the centers on either side of it.
    return np.where(inside, 0.5 - inward, outward - 0.5).astype(np.float32)


def hull_distance(
    points: np.ndarray, views: Sequence[View], cut: CutPlane | None, dissent: int = 0, radius: float = 1.0
) -> np.ndarray:
    """Signed distance (N,) of points (N, 3) to the visual hull, in the points' own unit, negative inside.

    Each view's mask distance, scaled to the point's depth, bounds the hull from outside; the hull is the
    largest of them. With `dissent` = k the k views that most want a point carved are not heard: rough masks and
    cameras then do not eat the subject. A view says nothing of points beyond its picture.
    """
    votes = np.full((dissent + 1, len(points)), _UNSEEN, np.float32)  # the largest so far, descending
    seen = np.zeros(len(points), bool)
    for view in views:
        vote = _view_distance(points, view)
        seen |= vote > _UNSEEN
        for rank in range(dissent + 1):
            votes[rank], vote = np.maximum(votes[rank], vote), np.minimum(votes[rank], vote)
    distance = np.where(votes[-1] > _UNSEEN, votes[-1], votes[0])
    # What no picture shows, and what lies farther from the origin than `radius`, is not subject.
    beyond = np.linalg.norm(points, axis=1) - radius
    distance = np.where(seen, np.maximum(distance, beyond), np.maximum(beyond, 0.05))
    if cut is not None:
        distance = np.maximum(distance, (points - cut.point) @ cut.normal)
    return distance.astype(np.float32)


def _view_distance(points: np.ndarray, view: View) -> np.ndarray:
    pixels, depth = view.camera.project(points)
    height, width = view.mask.shape
    inside = (depth > 0) & (pixels >= 0).all(1) & (pixels[:, 0] <= width) & (pixels[:, 1] <= height)
    vote = np.full(len(points), _UNSEEN, np.float32)
    at = pixels[inside][:, ::-1].T - 0.5
    sampled = ndimage.map_coordinates(mask_distance(view.mask), at, order=1, mode="nearest")
    vote[inside] = sampled * depth[inside] / np.sqrt(view.camera.fl_x * view.camera.fl_y)
    return vote
