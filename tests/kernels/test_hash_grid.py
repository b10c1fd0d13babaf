"""The hash encoding against a slow reference in torch: values and both gradients, and what the lattices promise."""

import numpy as np
import pytest
import torch

from backend.kernels import hash_grid
from backend.kernels.hash_grid import encode
from backend.kernels.hash_levels import Levels

MIXED = Levels(count=5, entries=1 << 11, base=4, finest=60)  # two dense levels, then hashed ones
SMOOTH = Levels(count=5, entries=1 << 11, base=4, finest=60, smooth=True)


def corner_entries(levels: Levels, level: int, corners: torch.Tensor) -> torch.Tensor:
    """corners (..., 3) int64 -> rows of the table, in the arithmetic of the paper's equation 4."""
    i, j, k = corners.unbind(-1)
    if levels.hashed(level):
        index = (i ^ (j * 2654435761) ^ (k * 805459861)) & (levels.entries - 1)
    else:
        index = i + levels.sides[level] * (j + levels.sides[level] * k)
    return levels.firsts[level] + index


def reference(points: torch.Tensor, table: torch.Tensor, levels: Levels) -> torch.Tensor:
    """`encode` in plain torch, differentiable by both."""
    bits = torch.tensor([[c & 1, c >> 1 & 1, c >> 2] for c in range(8)], device=points.device)
    features = []
    for level, scale in enumerate(levels.scales):
        position = points.clamp(0, 1) * scale + 0.5
        cell = position.detach().floor()
        t = position - cell
        t = (t * t * (3 - 2 * t) if levels.smooth else t)[:, None]
        weights = torch.where(bits == 1, t, 1 - t).prod(-1)
        entries = table[corner_entries(levels, level, cell.long()[:, None] + bits)]
        features.append((weights[..., None] * entries).sum(1))
    return torch.cat(features, 1)


def random_table(levels: Levels, features: int, random) -> torch.Tensor:
    return torch.randn(levels.firsts[-1], features, generator=random)


@pytest.mark.parametrize("levels", [MIXED, SMOOTH], ids=["linear", "smooth"])
@pytest.mark.parametrize("features", [1, 2, 4, 8])
def test_values_and_gradients_match_the_reference(device, random, features, levels):
    assert [levels.hashed(level) for level in range(5)] == [False, False, True, True, True]
    points, table = torch.rand(3000, 3, generator=random), random_table(levels, features, random)
    upstream = torch.randn(3000, 5 * features, generator=random)
    ours = [part.clone().to(device).requires_grad_() for part in (points, table)]
    features_of = encode(*ours, levels)
    features_of.backward(upstream.to(device))
    slow = [part.double().requires_grad_() for part in (points, table)]
    expected = reference(*slow, levels)
    expected.backward(upstream.double())
    # float32 places points to about 4e-6 of the finest cells
    torch.testing.assert_close(features_of.detach().cpu().double(), expected.detach(), atol=1e-4, rtol=0)
    torch.testing.assert_close(ours[1].grad.cpu().double(), slow[1].grad, atol=2e-4, rtol=1e-4)
    torch.testing.assert_close(ours[0].grad.cpu().double(), slow[0].grad, atol=2e-2, rtol=1e-4)


@pytest.mark.parametrize("levels", [MIXED, SMOOTH], ids=["linear", "smooth"])
def test_point_gradient_is_the_finite_difference(device, random, levels):
    points, table = torch.rand(500, 3, generator=random).to(device), random_table(levels, 2, random).to(device)
    upstream = torch.randn(500, 10, generator=random).to(device)
    leaf = points.clone().requires_grad_()
    (encode(leaf, table, levels) * upstream).sum().backward()
    step = 1e-4
    for axis in range(3):
        ahead = torch.zeros(3, device=device)
        ahead[axis] = step
        rise = (encode(points + ahead, table, levels) - encode(points - ahead, table, levels)) / (2 * step)
        apart = ((rise * upstream).sum(1) - leaf.grad[:, axis]).abs()
        scale = leaf.grad[:, axis].abs().mean()
        # a point closer to a face of its cell than the step differs: a few of a hundred
        assert apart.quantile(0.9) < 0.02 * scale


def test_smooth_slope_has_no_jump_at_the_faces_of_cells(device, random):
    def jump(levels):
        table = random_table(levels, 2, random).to(device)
        faces = torch.rand(400, 3, generator=random)
        faces[:, 0] = (torch.randint(1, 3, (400,), generator=random) - 0.5) / levels.scales[0]
        slopes = []
        for side in (-1e-5, 1e-5):
            leaf = (faces + torch.tensor([side, 0, 0])).to(device).requires_grad_()
            encode(leaf, table, levels, active=1).sum().backward()
            slopes.append(leaf.grad[:, 0])
        return (slopes[1] - slopes[0]).abs().mean()

    assert jump(SMOOTH) < 0.01 < 1 < jump(MIXED)


def test_dense_levels_do_not_collide(device):
    levels = Levels(count=3, entries=1 << 15, base=5, finest=28)
    assert not any(levels.hashed(level) for level in range(3))
    for level, (side, scale) in enumerate(zip(levels.sides, levels.scales, strict=True)):
        # at a lattice's corners the blend is one entry alone: here its row in the table
        rows = torch.arange(levels.firsts[-1], dtype=torch.float32, device=device)[:, None]
        along = (torch.arange(1, side - 1, device=device) - 0.5) / scale
        corners = torch.cartesian_prod(along, along, along)
        seen = encode(corners, rows, levels)[:, level].round().long()
        assert len(seen.unique()) == len(corners)
        assert levels.firsts[level] <= seen.min() and seen.max() < levels.firsts[level + 1]


def test_hash_is_the_one_of_32_bit_unsigned_integers(device, random):
    levels = Levels(count=1, entries=1 << 12, base=1000, finest=1000)
    corners = torch.randint(1, 999, (4000, 3), generator=random)
    rows = torch.arange(1 << 12, dtype=torch.float32, device=device)[:, None]
    seen = encode(((corners - 0.5) / levels.scales[0]).to(device), rows, levels)[:, 0].cpu().numpy()
    i, j, k = corners.numpy().astype(np.uint32).T
    expected = (i ^ (j * np.uint32(2654435761)) ^ (k * np.uint32(805459861))) % np.uint32(1 << 12)
    assert np.mean(np.abs(seen - expected) < 2) > 0.99  # rounding lets a neighbor of the corner in, now and then
    assert len(np.unique(expected)) > 2000


@pytest.mark.parametrize("base", [4, 4.4, 4.5, 4.6, 5])  # where the last corner lies depends on the fraction
def test_bounds_stay_in_the_table_and_beyond_is_clamped(device, base):
    levels = Levels(count=1, entries=1 << 9, base=base, finest=base)
    bounds = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 3).to(device)
    table = torch.ones(levels.firsts[-1], 2, device=device, requires_grad=True)
    features = encode(bounds, table, levels)
    torch.testing.assert_close(features, torch.ones_like(features))
    features.sum().backward()
    assert table.grad.sum().item() == pytest.approx(16, rel=1e-6)
    beyond = (levels.scales[0] + 0.5) % 1  # how far (1, 1, 1) lies beyond the last corner but one
    torch.testing.assert_close(table.grad[-1].cpu(), torch.full((2,), beyond**3), atol=1e-6, rtol=1e-5)
    wild = torch.tensor([[-1.0, 2, 0.5], [float("inf"), float("nan"), -float("inf")]], device=device)
    leaf = wild.clone().requires_grad_()
    features = encode(leaf, table, levels)
    features.sum().backward()
    assert torch.isfinite(features).all()
    assert torch.equal(leaf.grad[0, :2], torch.zeros(2, device=device))


def test_backward_twice_gives_the_same_bits(random):
    points, table = torch.rand(20000, 3, generator=random), random_table(MIXED, 2, random)
    upstream = torch.randn(20000, 10, generator=random)

    def gradients():
        leaves = [part.clone().requires_grad_() for part in (points, table)]
        encode(*leaves, MIXED).backward(upstream)
        return [leaf.grad for leaf in leaves]

    for first, second in zip(gradients(), gradients(), strict=True):
        assert torch.equal(first, second)


def test_number_of_threads_changes_nothing(random, monkeypatch):
    points, table = torch.rand(5000, 3, generator=random), random_table(MIXED, 4, random)
    results = []
    for threads in (1, 2, 3):
        monkeypatch.setattr(hash_grid, "CPU_THREADS", threads)
        leaves = [part.clone().requires_grad_() for part in (points, table)]
        features = encode(*leaves, MIXED)
        features.square().sum().backward()
        results.append([features.detach(), *(leaf.grad for leaf in leaves)])
    for other in results[1:]:
        assert all(torch.equal(a, b) for a, b in zip(results[0], other, strict=True))


@pytest.mark.parametrize("active", [0, 1, 3])
def test_inactive_levels_give_zeros_and_get_no_gradient(device, random, active):
    points = torch.rand(300, 3, generator=random).to(device).requires_grad_()
    table = random_table(MIXED, 2, random).to(device).requires_grad_()
    features, full = encode(points, table, MIXED, active), encode(points, table, MIXED)
    assert torch.equal(features[:, : 2 * active], full[:, : 2 * active])
    assert not features[:, 2 * active :].any()
    features.sum().backward()
    used = table.grad.any(1)
    assert not used[MIXED.firsts[active] :].any() and used.any() == (active > 0)
    assert points.grad.any() == (active > 0)


def test_no_points_no_features(device):
    table = torch.ones(MIXED.firsts[-1], 2, device=device, requires_grad=True)
    features = encode(torch.zeros(0, 3, device=device), table, MIXED)
    features.sum().backward()
    assert features.shape == (0, 10) and not table.grad.any()


def test_second_derivatives_are_refused(device, random):
    points = torch.rand(10, 3, generator=random).to(device).requires_grad_()
    network = torch.randn(10, generator=random).to(device).requires_grad_()
    features = encode(points, random_table(SMOOTH, 2, random).to(device), SMOOTH)
    (slope,) = torch.autograd.grad((features @ network).sum(), points, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        slope.square().sum().backward()


def test_broken_input_is_named():
    table = torch.zeros(MIXED.firsts[-1], 2)
    with pytest.raises(ValueError, match="points"):
        encode(torch.zeros(5, 2), table, MIXED)
    with pytest.raises(TypeError, match="points"):
        encode(torch.zeros(5, 3).double(), table, MIXED)
    with pytest.raises(ValueError, match="table"):
        encode(torch.zeros(5, 3), table[1:], MIXED)
    with pytest.raises(ValueError, match="levels"):
        encode(torch.zeros(5, 3), table, MIXED, active=6)
    with pytest.raises(ValueError, match="power of two"):
        Levels(count=4, entries=1000, base=4, finest=8)
    with pytest.raises(ValueError, match="base"):
        Levels(count=4, entries=1024, base=9, finest=8)
