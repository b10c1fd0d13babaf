"""Walks rays through a cube of cells and places samples where cells are occupied.

(Müller et al. 2022, "Instant Neural Graphics Primitives", appendix E.1; Amanatides & Woo 1987, "A Fast Voxel
Traversal Algorithm", here in two levels.)

Glossary
    lattice   a ray's possible samples: t_k = near + (k + offset) step, k = 0, 1, …, where the ray enters the cube
              at the distance `near` and `offset` in [0, 1) is the ray's own
    block     8^3 cells: where nothing in it is occupied the ray crosses it at once
Skipping never moves a sample off its lattice. The cube is walked once, which finds the k of each ray's samples;
when all are counted, a second pass writes them without gaps.
"""

from dataclasses import dataclass

import torch
import warp as wp

from .ray_launch import launch_over_rays
from .warp_runtime import contiguous, wrap

wp.set_module_options({"enable_backward": False})

BLOCK = 8  # cells along a block; a power of two, so that blocks and cells have the very same borders
_BLOCK = wp.constant(BLOCK)


@dataclass(frozen=True)
class Cells:
    """A cube [-extent, extent]^3 of C^3 cells, flattened in the order x, y, z (z is the fastest); C = 8 B.

    density   (C^3,) float32 optical thickness per length        occupied  (C^3,) uint8, 1 = sampled
    blocks    (B^3,) uint8, 1 = some cell in it is occupied
    """

    extent: float
    resolution: int
    density: torch.Tensor
    occupied: torch.Tensor
    blocks: torch.Tensor


@wp.struct
class Path:
    """A ray within the cube."""

    origin: wp.vec3
    direction: wp.vec3
    inverse: wp.vec3  # 1 / direction
    ahead: wp.vec3i  # per axis: 1 where the ray runs towards larger coordinates
    near: wp.float32
    far: wp.float32
    offset: wp.float32
    steps: wp.float32  # per length
    extent: wp.float32


@wp.struct
class Tally:
    """What a ray has found so far."""

    count: wp.int32
    thickness: wp.float32


@wp.func
def inverted(x: float) -> float:
    if wp.abs(x) < 1.0e-9:
        return 1.0e9
    return 1.0 / x


@wp.func
def enter(origin: wp.vec3, direction: wp.vec3, offset: float, step: float, extent: float) -> Path:
    """Where the ray is in the cube; far < near where it misses it."""
    path = Path()
    path.origin = origin
    path.direction = direction
    path.inverse = wp.vec3(inverted(direction[0]), inverted(direction[1]), inverted(direction[2]))
    path.ahead = wp.vec3i(int(path.inverse[0] > 0.0), int(path.inverse[1] > 0.0), int(path.inverse[2] > 0.0))
    corner = wp.vec3(extent, extent, extent)
    low = wp.cw_mul(-corner - origin, path.inverse)
    high = wp.cw_mul(corner - origin, path.inverse)
    path.near = wp.max(wp.max(wp.min(low, high)), 0.0)
    path.far = wp.min(wp.max(low, high))
    path.offset = offset
    path.steps = 1.0 / step
    path.extent = extent
    return path


@wp.func
def place(path: Path, t: float, size: float, axis: int, least: int, most: int) -> int:
    """The cell of this size that the ray is in at t, along one axis, as far as rounding tells: least to most."""
    x = path.origin[axis] + t * path.direction[axis]
    return wp.clamp(int((x + path.extent) / size), least, most)


@wp.func
def border(path: Path, cell: int, size: float, axis: int) -> float:
    """Distance at which the ray leaves the cell along one axis."""
    return (float(cell + path.ahead[axis]) * size - path.extent - path.origin[axis]) * path.inverse[axis]


@wp.func
def first_after(path: Path, t: float) -> int:
    """The first k of the lattice with t_k >= t."""
    return wp.max(int(wp.ceil((t - path.near) * path.steps - path.offset)), 0)


@wp.func
def cross(
    path: Path,
    start: float,
    leave: float,
    bx: int,
    by: int,
    bz: int,
    ray: int,
    hidden: float,
    resolution: int,
    density: wp.array(dtype=wp.float32),
    occupied: wp.array(dtype=wp.uint8),
    found: wp.array2d(dtype=wp.int32),
    before: Tally,
) -> Tally:
    """Walk through the cells of one block, which the ray is in from `start` to `leave`; keeps the k of samples."""
    tally = before
    turn = path.ahead * 2 - wp.vec3i(1, 1, 1)
    size = 2.0 * path.extent / float(resolution)
    x = int(place(path, start, size, 0, bx * _BLOCK, bx * _BLOCK + _BLOCK - 1))
    y = int(place(path, start, size, 1, by * _BLOCK, by * _BLOCK + _BLOCK - 1))
    z = int(place(path, start, size, 2, bz * _BLOCK, bz * _BLOCK + _BLOCK - 1))
    t = float(start)
    while t < leave:
        out_x, out_y, out_z = border(path, x, size, 0), border(path, y, size, 1), border(path, z, size, 2)
        out = wp.clamp(wp.min(out_x, wp.min(out_y, out_z)), t, leave)
        cell = (x * resolution + y) * resolution + z
        if occupied[cell] != wp.uint8(0):
            k = first_after(path, t)
            last = first_after(path, out)
            while k < last and tally.count < found.shape[1] and tally.thickness <= hidden:
                found[ray, tally.count] = k
                tally.count += 1
                tally.thickness += density[cell] / path.steps
                k += 1
        x += turn[0] * int(out_x <= out)
        y += turn[1] * int(out_y <= out)
        z += turn[2] * int(out_z <= out)
        t = out
    return tally


@wp.kernel
def find_kernel(
    first: int,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    jitter: wp.array(dtype=wp.float32),
    step: float,
    extent: float,
    hidden: float,
    resolution: int,
    density: wp.array(dtype=wp.float32),
    occupied: wp.array(dtype=wp.uint8),
    blocks: wp.array(dtype=wp.uint8),
    found: wp.array2d(dtype=wp.int32),
    counts: wp.array(dtype=wp.int32),
):
    """found (R, most): k of each ray's samples, as many as `counts` says."""
    ray = first + wp.tid()
    path = enter(origins[ray], directions[ray], jitter[ray], step, extent)
    side = resolution / _BLOCK
    size = 2.0 * extent / float(side)
    x = int(place(path, path.near, size, 0, 0, side - 1))
    y = int(place(path, path.near, size, 1, 0, side - 1))
    z = int(place(path, path.near, size, 2, 0, side - 1))
    tally = Tally()
    turn = path.ahead * 2 - wp.vec3i(1, 1, 1)
    t = float(path.near)
    while t < path.far and tally.count < found.shape[1] and tally.thickness <= hidden:
        out_x, out_y, out_z = border(path, x, size, 0), border(path, y, size, 1), border(path, z, size, 2)
        out = wp.clamp(wp.min(out_x, wp.min(out_y, out_z)), t, path.far)
        if blocks[(x * side + y) * side + z] != wp.uint8(0):
            tally = cross(path, t, out, x, y, z, ray, hidden, resolution, density, occupied, found, tally)
        x += turn[0] * int(out_x <= out)
        y += turn[1] * int(out_y <= out)
        z += turn[2] * int(out_z <= out)
        if wp.min(x, wp.min(y, z)) < 0 or wp.max(x, wp.max(y, z)) >= side:
            break
        t = out
    counts[ray] = tally.count


@wp.kernel
def write_kernel(
    first: int,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    jitter: wp.array(dtype=wp.float32),
    step: float,
    extent: float,
    found: wp.array2d(dtype=wp.int32),
    offsets: wp.array(dtype=wp.int32),
    points: wp.array(dtype=wp.vec3),
    sample_directions: wp.array(dtype=wp.vec3),
    distances: wp.array(dtype=wp.float32),
):
    ray = first + wp.tid()
    path = enter(origins[ray], directions[ray], jitter[ray], step, extent)
    for i in range(offsets[ray], offsets[ray + 1]):
        t = path.near + (float(found[ray, i - offsets[ray]]) + path.offset) * step
        points[i] = path.origin + t * path.direction
        sample_directions[i] = path.direction
        distances[i] = t


def walk(
    origins: torch.Tensor,
    directions: torch.Tensor,
    jitter: torch.Tensor,
    cells: Cells,
    step: float,
    most: int,
    hidden: float,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Samples of rays in occupied cells: points (N, 3), directions (N, 3), distances (N,), offsets (R + 1,) int32.

    origins, directions (R, 3), unit directions; jitter (R,) in [0, 1): the offset of each ray's lattice. A ray
    ends with the sample that brings it to `most` samples, or beyond the optical thickness `hidden` by the cells'
    densities (inf: never).
    """
    rays, device = len(origins), origins.device
    if jitter.shape != (rays,):
        raise ValueError(f"jitter must have one number for each of {rays} rays, not shape {tuple(jitter.shape)}")
    lines = [wrap(contiguous(origins, torch.float32, "origins", 3), wp.vec3)]
    lines += [wrap(contiguous(directions, torch.float32, "directions", 3), wp.vec3)]
    lines += [wrap(contiguous(jitter, torch.float32, "jitter")), float(step), float(cells.extent)]
    offsets = torch.zeros(rays + 1, dtype=torch.int32, device=device)
    found = wrap(torch.empty((rays, most), dtype=torch.int32, device=device))
    grid = [cells.resolution, wrap(cells.density), wrap(cells.occupied), wrap(cells.blocks)]
    launch_over_rays(find_kernel, rays, [*lines, float(hidden), *grid, found, wrap(offsets[1:])], device)
    offsets = offsets.cumsum(0, dtype=torch.int32)
    count = int(offsets[-1])
    points, along = torch.empty((2, count, 3), device=device)
    distances = torch.empty(count, device=device)
    samples = [wrap(points, wp.vec3), wrap(along, wp.vec3), wrap(distances)]
    launch_over_rays(write_kernel, rays, [*lines, found, wrap(offsets), *samples], device)
    return points, along, distances, offsets
