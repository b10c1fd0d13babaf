"""What happens at the corners of a hash grid's cells: entries are blended, gradients return to where they came from.

Glossary: a cell lies between eight corners; corner c of a cell is the upper one along x, y, z where its bit 0, 1, 2 is
set; an entry is what the table holds for a corner: F features.
"""

from functools import cache
from types import SimpleNamespace
from typing import Any

import warp as wp

from .hash_levels import Lattice

wp.set_module_options({"enable_backward": False})

_SECOND, _THIRD = wp.constant(wp.uint32(2654435761)), wp.constant(wp.uint32(805459861))  # the hash's primes; first: 1
_NOT_NEGATIVE = wp.constant(wp.uint32(0x7FFFFFFF))  # spares the kernels Python's "negative counts from the end"


@wp.func
def locate(point: wp.vec3, lattice: Lattice):
    """The cell's lowest corner, and where in the cell the point lies; what is outside [0, 1] (or NaN) is clamped."""
    x = wp.clamp(point[0], 0.0, 1.0) * lattice.scale + 0.5
    y = wp.clamp(point[1], 0.0, 1.0) * lattice.scale + 0.5
    z = wp.clamp(point[2], 0.0, 1.0) * lattice.scale + 0.5
    cell = wp.vec3i(int(x), int(y), int(z))
    return cell, wp.vec3(x - float(cell[0]), y - float(cell[1]), z - float(cell[2]))


@wp.func
def ramps(t: wp.vec3, lattice: Lattice):
    """How far the blend has gone from the lower to the upper corners along each axis."""
    smoothstep = wp.cw_mul(wp.cw_mul(t, t), wp.vec3(3.0, 3.0, 3.0) - 2.0 * t)
    return wp.where(lattice.smooth, smoothstep, t)


@wp.func
def ramp_slopes(t: wp.vec3, lattice: Lattice):
    one = wp.vec3(1.0, 1.0, 1.0)
    return wp.where(lattice.smooth, 6.0 * wp.cw_mul(t, one - t), one)


@wp.func
def weight(c: int, w: wp.vec3):
    x = wp.where((c & 1) != 0, w[0], 1.0 - w[0])
    y = wp.where((c & 2) != 0, w[1], 1.0 - w[1])
    z = wp.where((c & 4) != 0, w[2], 1.0 - w[2])
    return x * (y * z)


@wp.func
def entry(c: int, cell: wp.vec3i, lattice: Lattice, hashed: bool):
    """Where the table holds corner c of the cell."""
    i = wp.uint32(cell[0] + (c & 1))
    j = wp.uint32(cell[1] + ((c >> 1) & 1))
    k = wp.uint32(cell[2] + (c >> 2))
    if hashed:
        return int((lattice.first + ((i ^ (j * _SECOND) ^ (k * _THIRD)) & lattice.mask)) & _NOT_NEGATIVE)
    return int((lattice.first + i + lattice.side * (j + lattice.side * k)) & _NOT_NEGATIVE)


@wp.func
def blend(
    point: wp.vec3,
    lattice: Lattice,
    hashed: bool,
    features: wp.array(dtype=Any),
    row: int,
    table: wp.array(dtype=Any),
    point_gradient: wp.array(dtype=wp.vec3),
    n: int,
):
    """features[row] from the table (equation 3 of the paper)."""
    cell, t = locate(point, lattice)
    w = ramps(t, lattice)
    value = weight(0, w) * table[entry(0, cell, lattice, hashed)]
    for c in range(1, 8):
        value += weight(c, w) * table[entry(c, cell, lattice, hashed)]
    features[row] = value


@wp.func
def scatter(
    point: wp.vec3,
    lattice: Lattice,
    hashed: bool,
    features_gradient: wp.array(dtype=Any),
    row: int,
    table_gradient: wp.array(dtype=Any),
    point_gradient: wp.array(dtype=wp.vec3),
    n: int,
):
    """Adds to the table's gradient."""
    cell, t = locate(point, lattice)
    w = ramps(t, lattice)
    upstream = features_gradient[row]
    for c in range(8):
        wp.atomic_add(table_gradient, entry(c, cell, lattice, hashed), weight(c, w) * upstream)


@wp.func
def slope(
    point: wp.vec3,
    lattice: Lattice,
    hashed: bool,
    features_gradient: wp.array(dtype=Any),
    row: int,
    table: wp.array(dtype=Any),
    point_gradient: wp.array(dtype=wp.vec3),
    n: int,
):
    """Adds to the point's gradient."""
    cell, t = locate(point, lattice)
    w = ramps(t, lattice)
    upstream = features_gradient[row]
    near, far = wp.vec4(), wp.vec4()  # upstream · entry at the four corners of the cell's lower and upper face
    for c in range(4):
        near[c] = wp.dot(upstream, table[entry(c, cell, lattice, hashed)])
        far[c] = wp.dot(upstream, table[entry(c + 4, cell, lattice, hashed)])
    face, rise = near + w[2] * (far - near), far - near
    x = wp.lerp(face[1] - face[0], face[3] - face[2], w[1])
    y = wp.lerp(face[2] - face[0], face[3] - face[1], w[0])
    z = wp.lerp(wp.lerp(rise[0], rise[1], w[0]), wp.lerp(rise[2], rise[3], w[0]), w[1])
    point_gradient[n] += lattice.scale * wp.cw_mul(wp.vec3(x, y, z), ramp_slopes(t, lattice))


@cache
def kernels(features: int) -> SimpleNamespace:
    """The kernels for entries of so many features, in a module of their own: what is not used is not compiled."""
    module = wp.get_module(f"{__name__}.{features}")
    module.options["enable_backward"] = False
    Entry = wp.types.vector(features, wp.float32)
    every = {visit.key: _visitor(module, Entry, visit) for visit in (blend, scatter, slope)}
    return SimpleNamespace(Entry=Entry, **every)


def _visitor(module: wp.Module, Entry: type, visit: wp.Function) -> wp.Kernel:
    """A kernel that calls `visit` for the points and levels of its share (`hash_grid.Shares`)."""

    @wp.kernel(module=module)
    def visit_share(
        points: wp.array(dtype=wp.vec3),
        lattices: wp.array(dtype=Lattice),
        features: wp.array(dtype=Entry),
        table: wp.array(dtype=Entry),
        point_gradient: wp.array(dtype=wp.vec3),
        active: int,
        blocks: int,
        block: int,
        stride: int,
        first: int,
    ):
        share = first + wp.tid()
        start = (share % blocks) * block
        stop = wp.min(start + block, points.shape[0])
        levels = lattices.shape[0]
        for level in range(share // blocks, active, stride):
            lattice = lattices[level]
            if lattice.hashed:  # asked here and not for every point
                for n in range(start, stop):
                    visit(points[n], lattice, True, features, n * levels + level, table, point_gradient, n)
            else:
                for n in range(start, stop):
                    visit(points[n], lattice, False, features, n * levels + level, table, point_gradient, n)

    return visit_share
