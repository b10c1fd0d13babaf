"""Gaussians on the picture: value and gradient against a slow reference, and what a single one must look like."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.kernels import splat_blend, splat_lanes
from backend.kernels.splat import splat
from tests.synthetic import orbit_camera

from . import splat_reference
from .splat_reference import NAMES, some_splats

# wide, off center, and not even square pixels; sizes that are no multiples of a tile
CAMERA = replace(orbit_camera(30, 20, 40, distance=3.0), width=45, height=37, fl_x=50.0, fl_y=61.0, cx=14.5, cy=25.2)


def drawn(parts, camera, degree, device, blending=None):
    planes, depth = splat(*(part.to(device) for part in parts), camera, degree, blending)
    return planes.detach().cpu().double(), depth.cpu().double()


def one(place, scale, logit=10.0):
    """A single round Gaussian, white."""
    return [
        torch.tensor([place]), torch.full((1, 3), float(np.log(scale))), torch.tensor([[1.0, 0, 0, 0]]),
        torch.tensor([logit]), torch.full((1, 3), 0.5 / 0.28209479), torch.zeros(1, 0, 3),
    ]  # fmt: skip


@pytest.mark.parametrize("degree", [0, 1, 2, 3])
def test_picture_matches_the_reference(device, random, degree):
    parts = some_splats(random)
    planes, depth = drawn(parts, CAMERA, degree, device)
    expected, median = splat_reference.draw(parts, CAMERA, degree)
    assert expected[3].max() > 0.9
    # A Gaussian that is drawn down to 1/255 by the one and up to 1/255 by the other differs by as much.
    assert ((planes - expected).abs() > 2e-5).double().mean() < 1e-3
    torch.testing.assert_close(planes, expected, atol=1 / 200, rtol=0)
    assert ((depth - median).abs() > 1e-4).double().mean() < 2e-3


@pytest.mark.parametrize("degree", [0, 1, 3])
def test_gradients_match_the_reference(device, random, degree):
    parts = some_splats(random)
    upstream = torch.randn(4, CAMERA.height, CAMERA.width, generator=random)
    ours = [part.clone().to(device).requires_grad_() for part in parts]
    (splat(*ours, CAMERA, degree)[0] * upstream.to(device)).sum().backward()
    slow = [part.double().requires_grad_() for part in parts]
    (splat_reference.draw(slow, CAMERA, degree)[0] * upstream).sum().backward()
    for name, mine, theirs in zip(NAMES, ours, slow, strict=True):
        expected = torch.zeros_like(theirs) if theirs.grad is None else theirs.grad  # None: drawn without it
        error = (mine.grad.cpu() - expected).abs().max() / expected.abs().max().clamp_min(1e-9)
        assert error < 1e-3, f"{name}: {error:.1e} of the largest gradient"


def test_gradients_match_finite_differences(device, random):
    parts = some_splats(random, count=6)
    # Smooth, so that the faint rim at which a Gaussian ends (a step of 1/255 that has no gradient) weighs little.
    rows, columns = torch.meshgrid(torch.arange(CAMERA.height) / 9, torch.arange(CAMERA.width) / 11, indexing="ij")
    upstream = torch.stack([torch.sin(rows), torch.cos(columns), torch.sin(rows + columns), torch.cos(rows - columns)])
    leaves = [part.clone().to(device).requires_grad_() for part in parts]
    (splat(*leaves, CAMERA, 3)[0] * upstream.to(device)).sum().backward()
    for name, leaf in zip(NAMES, leaves, strict=True):
        step = 2e-2 * leaf.grad.cpu() / leaf.grad.norm().cpu()  # uphill: the slope is the gradient's length
        ends = []
        for sign in (-1, 1):
            moved = [part + sign * step if name == other else part for other, part in zip(NAMES, parts, strict=True)]
            ends.append((drawn(moved, CAMERA, 3, device)[0] * upstream).sum().item())
        assert (ends[1] - ends[0]) / 4e-2 == pytest.approx(leaf.grad.norm().item(), rel=0.1), name


def test_harmonics_are_orthonormal_and_signed_as_published(random):
    """The reference itself, held against scipy's spherical harmonics."""
    directions = torch.nn.functional.normalize(torch.randn(50, 3, generator=random).double(), dim=1)
    torch.testing.assert_close(splat_reference.polynomials(directions), splat_reference.basis(directions))


def test_eight_pixels_at_once_are_blended_as_one_by_one(random):
    """CUDA's kernels, run on the CPU, against the CPU's own."""
    parts, pictures, gradients = some_splats(random, 200), [], []
    upstream = torch.randn(4, CAMERA.height, CAMERA.width, generator=random)
    for blending in (splat_lanes, splat_blend):
        pictures.append(torch.stack(drawn(parts, CAMERA, 3, torch.device("cpu"), blending)[:1]))
        leaves = [part.clone().requires_grad_() for part in parts]
        (splat(*leaves, CAMERA, 3, blending)[0] * upstream).sum().backward()
        gradients.append([leaf.grad for leaf in leaves])
    assert ((pictures[0] - pictures[1]).abs() > 2e-5).double().mean() < 1e-3
    for lanes, pixels in zip(*gradients, strict=True):
        assert (lanes - pixels).abs().max() < 5e-3 * pixels.abs().max()


def test_order_of_the_input_changes_nothing(device, random):
    parts = some_splats(random)
    mixed = torch.randperm(len(parts[0]), generator=random)
    ours, theirs = (drawn(p, CAMERA, 3, device)[0] for p in (parts, [part[mixed] for part in parts]))
    torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=0)


def test_same_input_gives_the_same_gradient_to_the_bit(random):
    def gradients():
        leaves = [part.clone().requires_grad_() for part in parts]
        splat(*leaves, CAMERA, 3)[0].square().sum().backward()
        return [leaf.grad for leaf in leaves]

    parts = some_splats(random, 300)
    for first, second in zip(gradients(), gradients(), strict=True):
        assert torch.equal(first, second)


@pytest.mark.parametrize("place", [(0.0, 0.0, 0.0), (0.31, -0.2, 0.4), (-0.5, 0.3, -0.35)])
def test_a_round_gaussian_lands_where_its_camera_projects_it(device, place):
    scale = 0.05
    planes, depth = drawn(one(place, scale), CAMERA, 0, device)
    expected, distance = CAMERA.project(np.array(place))
    alpha = planes[3].numpy()
    rows, columns = np.indices(alpha.shape) + 0.5
    center = np.array([(alpha * columns).sum(), (alpha * rows).sum()]) / alpha.sum()
    np.testing.assert_allclose(center, expected, atol=0.02)
    # Alpha is a Gaussian: its second moments are the footprint's variance (blur included), less the tails.
    offsets = np.stack([columns - center[0], rows - center[1]])
    spread = (alpha * offsets**2).sum((1, 2)) / alpha.sum()
    footprint = (np.array([CAMERA.fl_x, CAMERA.fl_y]) * scale / distance) ** 2 + 0.3
    np.testing.assert_allclose(spread, footprint, rtol=0.12)
    solid = alpha > 0.6
    np.testing.assert_allclose(depth.numpy()[solid], distance, rtol=1e-5)


def test_what_lies_behind_the_camera_is_not_drawn(device):
    behind = CAMERA.position - 0.5 * CAMERA.forward
    planes, depth = drawn(one(tuple(behind.astype(np.float32)), 0.2), CAMERA, 0, device)
    assert planes.abs().max() == 0 and depth.abs().max() == 0


def test_the_nearer_of_two_hides_the_farther(device):
    near = one(tuple((-0.3 * CAMERA.forward).astype(np.float32)), 0.3)
    far = one(tuple((0.3 * CAMERA.forward).astype(np.float32)), 0.3)
    far[4] = -far[4]  # black
    both = [torch.cat(pair) for pair in zip(far, near, strict=True)]
    x, y = np.floor(CAMERA.project(np.zeros(3))[0]).astype(int)
    planes, depth = drawn(both, CAMERA, 0, device)
    assert planes[0, y, x] > 0.97
    np.testing.assert_allclose(depth[y, x], CAMERA.project(-0.3 * CAMERA.forward)[1], rtol=1e-4)


def test_none_at_all_is_an_empty_picture(device):
    parts = [part[:0] for part in one((0.0, 0.0, 0.0), 0.1)]
    planes, _ = drawn(parts, CAMERA, 0, device)
    assert planes.shape == (4, CAMERA.height, CAMERA.width) and planes.abs().max() == 0
