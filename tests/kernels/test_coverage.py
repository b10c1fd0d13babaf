"""What a moving shape covers: its sum and the gradient of that, against the outline's own.

The outline of these shapes is the convex hull of their projected vertices.
"""

import math

import pytest
import torch
from scipy.spatial import ConvexHull

from backend.kernels.antialias import antialias
from backend.kernels.rasterize import rasterize

from . import reference, shapes

PIXELS = 64


def _mask(clip: torch.Tensor, faces: torch.Tensor, size: int = PIXELS) -> torch.Tensor:
    """Antialiased coverage (size, size) of a mesh; gradient to clip through the silhouette alone."""
    rast = rasterize(clip, faces, (size, size))
    return antialias((rast[..., 3:] > 0).float(), rast, clip, faces)[..., 0]


def _vector(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def _rotate(points: torch.Tensor, angle: float) -> torch.Tensor:
    x, y, z = points.unbind(1)
    return torch.stack([math.cos(angle) * x - math.sin(angle) * y, math.sin(angle) * x + math.cos(angle) * y, z], 1)


# Each motion with the weights of 1, x, y, x*y (pixels from the picture's center) that make it change the sum.
_MOTIONS = {
    "scale": (_vector(1, 0, 0, 0), lambda p, s: p * (1 + s)),
    "stretch": (_vector(1, 0, 0, 0), lambda p, s: p * _vector(1, 1 + s, 1)),
    "depth": (_vector(1, 0, 0, 0), lambda p, s: p + _vector(0, 0, s)),
    "shift x": (_vector(1, 0.02, 0, 0), lambda p, s: p + _vector(s, 0, 0)),
    "shift y": (_vector(1, 0, 0.02, 0), lambda p, s: p + _vector(0, s, 0)),
    "shear": (_vector(1, 0.01, -0.01, 0.004), lambda p, s: p + s * p[:, [1, 0, 2]] * _vector(1, 0, 0)),
    "rotate": (_vector(1, 0.01, -0.01, 0.004), _rotate),
}


def _shape(name: str) -> tuple[torch.Tensor, torch.Tensor, float]:
    """(vertices (V, 3), faces, distance of a perspective camera; 0 = orthographic), about 40 pixels across."""
    if name == "flat, large triangles":
        vertices, faces = shapes.disc(1, 14)
        return 0.62 * vertices, faces, 0.0
    if name == "flat, sub-pixel triangles":
        vertices, faces = shapes.disc(48, 300)
        return 0.62 * vertices, faces, 0.0
    vertices, faces = shapes.sphere(0 if name == "solid, large triangles" else 5)
    return vertices * _vector(1, 0.75, 1), faces, 3.2


_SHAPES = ["flat, large triangles", "flat, sub-pixel triangles", "solid, large triangles", "solid, sub-pixel triangles"]
_PLACES = [(0.7549 * k % 1, 0.5698 * k % 1) for k in range(10)]  # pixels; R2 sequence: the grid must not matter


def _project(points: torch.Tensor, distance: float) -> torch.Tensor:
    return shapes.perspective(points, distance) if distance else shapes.orthographic(points)


def _monomials(x, y) -> torch.Tensor:
    return torch.stack([torch.ones_like(x), x, y, x * y], -1)


def _moment(clip: torch.Tensor, ramp: torch.Tensor) -> float:
    """Integral of the ramp over the hull of the projected vertices, in pixels: exact quadrature on a fan."""
    points = (clip[:, :2] / clip[:, 3:] * 0.5 * PIXELS).numpy()
    outline = torch.tensor(points[ConvexHull(points).vertices])
    first, a, b = outline[0], outline[1:-1], outline[2:]
    area = 0.5 * ((a - first)[:, 0] * (b - first)[:, 1] - (a - first)[:, 1] * (b - first)[:, 0]).abs()
    middles = torch.stack([(first + a) / 2, (a + b) / 2, (b + first) / 2], 1)  # (N, 3, 2)
    return float((area[:, None] / 3 * (_monomials(*middles.unbind(-1)) @ ramp)).sum())


@pytest.mark.parametrize("shape", _SHAPES)
def test_coverage_sums_to_the_area_of_the_outline_within_1_percent(device, shape):
    points, faces, distance = _shape(shape)
    ours, expected = 0.0, 0.0
    for dx, dy in _PLACES:
        clip = _project(points + _vector(dx, dy, 0) * 2 / PIXELS, distance)
        ours += float(_mask(clip.float().to(device), faces.to(device)).sum())
        expected += _moment(clip, _vector(1, 0, 0, 0))
    assert expected > 500 * len(_PLACES)
    assert ours == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("motion", _MOTIONS)
@pytest.mark.parametrize("shape", _SHAPES)
def test_the_gradient_of_coverage_is_that_of_the_outline_within_3_percent(device, shape, motion):
    points, faces, distance = _shape(shape)
    if motion == "depth" and not distance:
        distance = 3.2
    ramp, move = _MOTIONS[motion]
    weights = (_monomials(*(reference.pixel_centers((PIXELS, PIXELS)) * 0.5 * PIXELS).unbind(-1)) @ ramp).to(device)
    ours, expected, step = [], [], 1e-4
    for dx, dy in _PLACES:
        place = points + _vector(dx, dy, 0) * 2 / PIXELS
        high, low = (move(place, s) for s in (step, -step))
        difference = _moment(_project(high, distance), ramp) - _moment(_project(low, distance), ramp)
        expected.append(difference / (2 * step))
        amount = torch.zeros((), dtype=torch.float64, requires_grad=True)
        clip = _project(place + amount * (high - low) / (2 * step), distance).float().to(device)
        (_mask(clip, faces.to(device)) * weights).sum().backward()
        ours.append(float(amount.grad))
    assert min(map(abs, expected)) > 10
    assert sum(ours) == pytest.approx(sum(expected), rel=0.03)
