"""One closed surface from the depth maps that a field shows to many cameras.

Truncated signed distances, averaged over the views (Curless & Levoy 1996, "A Volumetric Method for Building Complex
Models from Range Images"; weighted as in Newcombe et al. 2011, "KinectFusion") on the body-centered lattice, and
bounded from outside by the visual hull.

Glossary: N points, V views; distances are negative inside, depths are along a camera's optical axis.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage

from ..errors import UserError
from ..scene import Camera, Picture, Surface
from .lattice import band_lattice, cube_centers
from .marching import marching_tetrahedra
from .topology import largest_component

_STEEPEST = 5.0  # depth per pixel's footprint from which on two neighbors show different surfaces (79 degrees)
_SLANT = 0.15  # cosine between ray and normal below which a depth map says nothing
_HEARD = 0.08  # share of the views that must speak of a point before it counts as seen: two of 24
_CLIP = 1.25  # cubes beyond which all distances count alike: enough for the lattice, and a wrong view pulls no harder
_MARGIN = 0.05  # share of an edge that vertices keep from its ends, against slivers
_CHUNK = 1 << 18  # points that are voted on at a time


def fuse(
    pictures: Sequence[Picture],
    cameras: Sequence[Camera],
    hull: Callable[[np.ndarray], np.ndarray],
    resolution: int,
    extent: float,
    truncation: float,
) -> Surface:
    """The surface that the pictures show, closed and of one component.

    hull: points (N, 3) -> signed distance (N,) to the visual hull; resolution: cubes along [-extent, extent]^3;
    truncation: how far behind a seen surface a view still says "inside", a few cubes. What no view speaks of is inside.
    """
    maps = [_depth_map(picture, camera) for picture, camera in zip(pictures, cameras, strict=True)]
    if not any(bool((one.weight > 0).any()) for one in maps):
        raise UserError(
            "The fitted field is empty: no camera sees anything in it. Check that the masks show the subject in white "
            "and that transforms.json belongs to these photos, or use a higher preset."
        )
    spacing = 2 * extent / resolution
    centers = cube_centers(resolution, extent)
    corners = cube_centers(resolution + 1, extent + spacing / 2)
    points = np.concatenate([centers.reshape(-1, 3), corners.reshape(-1, 3)])
    distance = _bounded_distance(points, maps, hull, truncation, _CLIP * spacing)
    inner, outer = np.split(distance, [resolution**3])
    grids = inner.reshape(centers.shape[:3]), outer.reshape(corners.shape[:3])
    for grid in grids:
        _close(grid, spacing / 4)
    lattice = band_lattice(_crossed(*grids), extent)
    vertices, faces = marching_tetrahedra(lattice, _at_lattice(lattice.points, *grids, spacing, extent), _MARGIN)
    return largest_component(Surface(vertices.numpy(), faces.numpy()))


@dataclass(frozen=True)
class _DepthMap:
    """A view's depths, and what they are worth; float32 (H, W).

    factor  from depth difference to distance from the surface's tangent plane
    weight  alpha times the cosine between ray and normal; 0 where the pixel shows no surface, or its rim
    """

    depth: torch.Tensor
    factor: torch.Tensor
    weight: torch.Tensor
    camera: Camera

    def votes(self, points: torch.Tensor, truncation: float) -> tuple[torch.Tensor, torch.Tensor]:
        """points (N, 3) -> distance (N,) and its weight (N,): 0 where the view has nothing to say."""
        x, y, z = self._project(points)
        height, width = self.depth.shape
        column, row = (x - 0.5).floor(), (y - 0.5).floor()  # of the upper left of the four pixels around it
        within = (z > 0) & (column >= 0) & (row >= 0) & (column < width - 1) & (row < height - 1)
        right, down = x - 0.5 - column, y - 0.5 - row
        first = torch.where(within, row * width + column, torch.zeros_like(row)).long()
        shares = torch.stack([(1 - right) * (1 - down), right * (1 - down), (1 - right) * down, right * down])
        corners = first + torch.tensor([0, 1, width, width + 1])[:, None]
        depths, weights = self.depth.view(-1)[corners], self.weight.view(-1)[corners]
        footprint = z / self.camera.fl_x
        spread = depths.amax(0) - depths.amin(0)
        within &= (weights > 0).all(0) & (spread < 2 * _STEEPEST * footprint)
        gap = (shares * depths).sum(0) - z  # positive in front of the surface
        distance = gap * (shares * self.factor.view(-1)[corners]).sum(0)
        weight = torch.where(within & (gap > -truncation), (shares * weights).sum(0), torch.zeros_like(z))
        return distance, weight

    def _project(self, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """points (N, 3) -> pixels x, y and depth z, (N,) each."""
        camera = self.camera
        pose = torch.from_numpy(camera.world_to_camera).float()
        local = points @ pose[:3, :3].T + pose[:3, 3]
        z = -local[:, 2]
        safe = z.clamp(min=1e-6)
        return camera.cx + camera.fl_x * local[:, 0] / safe, camera.cy - camera.fl_y * local[:, 1] / safe, z


def _depth_map(picture: Picture, camera: Camera) -> _DepthMap:
    """Tangent planes from central differences between pixels that show the same surface."""
    depth = np.where(picture.alpha >= 0.5, picture.depth, 0).astype(np.float64)
    rows, columns = np.indices(depth.shape) + 0.5
    ray = np.stack([(columns - camera.cx) / camera.fl_x, -(rows - camera.cy) / camera.fl_y, -np.ones_like(depth)], -1)
    place = ray * depth[..., None]
    down, right = (np.gradient(place, axis=axis) for axis in (0, 1))
    normal = np.cross(right, down)
    length = np.linalg.norm(ray, axis=-1)
    slant = np.abs((normal * ray).sum(-1)) / np.maximum(np.linalg.norm(normal, axis=-1) * length, 1e-20)
    cross = ndimage.generate_binary_structure(2, 1)
    spread = ndimage.maximum_filter(depth, footprint=cross) - ndimage.minimum_filter(depth, footprint=cross)
    shown = (depth > 0) & (spread < 2 * _STEEPEST * depth / camera.fl_x) & (slant > _SLANT)
    weight = np.where(shown, picture.alpha * slant, 0)
    planes = [torch.from_numpy(plane.astype(np.float32)) for plane in (depth, length * slant, weight)]
    return _DepthMap(*planes, camera)


def _bounded_distance(
    points: np.ndarray, maps: Sequence[_DepthMap], hull: Callable, truncation: float, clip: float
) -> np.ndarray:
    """Signed distance (N,) of points (N, 3): what the views say, within +-clip, and the hull's where that is larger."""
    distance = np.array(hull(points), np.float32)
    near = np.flatnonzero(distance < clip)
    for first in range(0, len(near), _CHUNK):
        part = near[first : first + _CHUNK]
        seen = _fused_distance(torch.from_numpy(points[part].astype(np.float32)), maps, truncation, clip)
        distance[part] = np.maximum(distance[part], seen.numpy())
    return distance


def _fused_distance(points: torch.Tensor, maps: Sequence[_DepthMap], truncation: float, clip: float) -> torch.Tensor:
    """The weighted mean (N,) of what the views say of points (N, 3), each within +-clip; -clip where too few speak.

    A few wrong views so cannot drill into the subject, where no right view speaks; elsewhere right ones outvote them.
    """
    total, weights, voices = (torch.zeros(len(points)) for _ in range(3))
    for one in maps:
        distance, weight = one.votes(points, truncation)
        total += weight * distance.clamp(-clip, clip)
        weights += weight
        voices += weight > 0
    heard = voices >= max(1.0, np.ceil(_HEARD * len(maps)))
    return torch.where(heard, total / weights.clamp(min=1e-9), torch.full_like(total, -clip))


def _close(grid: np.ndarray, outside: float) -> None:
    """Nothing reaches the cube's faces: a surface that did would be open there."""
    for axis in range(3):
        for end in (0, -1):
            face = np.moveaxis(grid, axis, 0)[end]
            np.maximum(face, outside, out=face)


def _crossed(centers: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """(R, R, R) bool: cubes where the sign is not the same at the center, all corners and the six next centers."""
    cross = ndimage.generate_binary_structure(3, 1)
    inside = centers < 0
    some, every = ndimage.binary_dilation(inside, cross), ndimage.binary_erosion(inside, cross, border_value=1)
    for x, y, z in np.ndindex(2, 2, 2):
        corner = corners[x : x + len(centers), y : y + len(centers), z : z + len(centers)] < 0
        some, every = some | corner, every & corner
    return some & ~every


def _at_lattice(
    points: torch.Tensor, centers: np.ndarray, corners: np.ndarray, spacing: float, extent: float
) -> torch.Tensor:
    """The grids' values (N,) at the lattice's points (N, 3)."""
    halves = ((points.double() + extent) * (2 / spacing)).round().long().numpy()  # even at corners, odd at centers
    odd = (halves[:, 0] % 2 == 1)[:, None]
    cube = np.where(odd, halves // 2, 0)
    corner = np.where(odd, 0, halves // 2)
    return torch.from_numpy(np.where(odd[:, 0], centers[tuple(cube.T)], corners[tuple(corner.T)]))
