"""Ray walking against brute force: every lattice point in an occupied cell is a sample, and no other."""

import math

import pytest
import torch

from backend.kernels.ray_march import BLOCK, Cells, walk

EXTENT, SIDE, STEP = 1.2, 32, 0.023
MANY = 100_000


def cells(occupied, density=0.0, device="cpu"):
    """The cube of cells that are occupied (C, C, C) bool, all of one density."""
    blocks = torch.nn.functional.max_pool3d(occupied[None].float(), BLOCK)[0]
    flat = [part.reshape(-1).to(device) for part in (torch.full(occupied.shape, density), occupied, blocks)]
    return Cells(EXTENT, len(occupied), flat[0], flat[1].to(torch.uint8), flat[2].to(torch.uint8))


def some_rays(random, count=500, distance=3.0):
    """From all around towards places in the cube and beside it; some along the axes; some from within."""
    normalize = torch.nn.functional.normalize
    origins = normalize(torch.randn(count, 3, generator=random), dim=1) * distance
    origins[: count // 10] *= 0.2
    targets = (torch.rand(count, 3, generator=random) - 0.5) * 3
    directions = normalize(targets - origins, dim=1)
    axes = torch.eye(3).repeat(count // 30, 1)
    directions[-len(axes) :] = axes
    return origins, directions, torch.rand(count, generator=random)


def scattered(random, share=0.1, side=SIDE):
    return torch.rand((side,) * 3, generator=random) < share


def at(device, *parts):
    return [part.to(device) for part in parts]


def per_ray(values, offsets):
    return [part.cpu() for part in values.split((offsets[1:] - offsets[:-1]).tolist())]


def near_border(points, tolerance=1e-4):
    """Points so close to a border between cells that rounding decides which they are in."""
    place = (points + EXTENT) * (SIDE / (2 * EXTENT))
    return ((place - place.round()).abs() < tolerance * SIDE / (2 * EXTENT)).any(-1)


def cell_of(points):
    return ((points + EXTENT) * (SIDE / (2 * EXTENT))).long().clamp(0, SIDE - 1).unbind(-1)


def test_samples_are_the_lattice_points_in_occupied_cells(device, random):
    """Against every point of the same lattice, looked up one by one: nothing is missed, added or moved."""
    rays, occupied = some_rays(random), scattered(random)
    every = walk(*at(device, *rays), cells(torch.ones_like(occupied), device=device), STEP, MANY, math.inf)
    ours = walk(*at(device, *rays), cells(occupied, device=device), STEP, MANY, math.inf)
    dense, found = every[0].cpu(), ours[0].cpu()
    assert len(found) > 2000
    unsure = near_border(found)
    assert unsure.float().mean() < 0.05
    assert occupied[cell_of(found)][~unsure].all()
    expected, doubtful = occupied[cell_of(dense)], near_border(dense)
    for ray, (lattice, mine) in enumerate(zip(per_ray(every[2], every[3]), per_ray(ours[2], ours[3]), strict=True)):
        first, end = every[3][ray : ray + 2].tolist()
        kept = torch.isin(lattice, mine)  # the very same floats: skipping does not move samples
        assert int(kept.sum()) == len(mine)
        assert torch.equal(kept | doubtful[first:end], expected[first:end] | doubtful[first:end])


def test_the_lattice_fills_the_cube(device, random):
    origins, directions, jitter = some_rays(random)
    full = cells(torch.ones((SIDE,) * 3, dtype=torch.bool), device=device)
    points, along, distances, offsets = walk(*at(device, origins, directions, jitter), full, STEP, MANY, math.inf)
    assert points.abs().max() <= EXTENT + 1e-5
    rays = torch.repeat_interleave(torch.arange(len(origins)), (offsets[1:] - offsets[:-1]).cpu().long())
    torch.testing.assert_close(along.cpu(), directions[rays])
    torch.testing.assert_close(points.cpu(), origins[rays] + distances.cpu()[:, None] * directions[rays])
    near, far = entry_and_exit(origins, directions)
    room = ((far - near) / STEP - jitter).clamp_min(0)  # steps that fit behind the first
    counts = offsets.diff().cpu()
    assert (counts - room.ceil()).abs().max() <= 1
    assert (counts == room.ceil()).float().mean() > 0.99  # but for rounding
    for ray, t in enumerate(per_ray(distances, offsets)):
        if len(t) > 1:
            assert float(t[0] - near[ray]) == pytest.approx(float(jitter[ray]) * STEP, abs=1e-5)
            assert (t.diff() - STEP).abs().max() < 1e-5


def entry_and_exit(origins, directions):
    """Distances (R,) at which rays meet the cube, by its six planes in float64; exit before entry: a miss."""
    o, d = origins.double(), directions.double()
    d = torch.where(d == 0, 1e-12, d)
    planes = torch.stack([(-EXTENT - o) / d, (EXTENT - o) / d])
    return planes.amin(0).amax(1).clamp_min(0), planes.amax(0).amin(1)


def test_jitter_shifts_each_ray_by_that_share_of_a_step(device, random):
    origins, directions, jitter = at(device, *some_rays(random))
    full = cells(torch.ones((SIDE,) * 3, dtype=torch.bool), device=device)
    plain = walk(origins, directions, torch.zeros_like(jitter), full, STEP, 1, math.inf)
    moved = walk(origins, directions, jitter, full, STEP, 1, math.inf)
    both = (plain[3].diff() > 0) & (moved[3].diff() > 0)
    shift = moved[2][moved[3][:-1][both].long()] - plain[2][plain[3][:-1][both].long()]
    torch.testing.assert_close(shift, jitter[both] * STEP, atol=1e-5, rtol=0)


def test_no_more_than_most_are_taken_and_they_are_the_first(device, random):
    rays, occupied = at(device, *some_rays(random)), scattered(random, 0.3)
    grid = cells(occupied, device=device)
    every, few = walk(*rays, grid, STEP, MANY, math.inf), walk(*rays, grid, STEP, 7, math.inf)
    assert int(every[3].diff().max()) > 7
    for all_of_them, mine in zip(per_ray(every[2], every[3]), per_ray(few[2], few[3]), strict=True):
        assert torch.equal(all_of_them[:7], mine)


@pytest.mark.parametrize("hidden", [1.0, 2.3])
def test_a_ray_ends_behind_the_optical_thickness(device, random, hidden):
    rays, occupied = at(device, *some_rays(random)), scattered(random, 0.3)
    grid = cells(occupied, density=5.0, device=device)
    every, few = walk(*rays, grid, STEP, MANY, math.inf), walk(*rays, grid, STEP, MANY, hidden)
    expected = math.floor(hidden / (5.0 * STEP)) + 1  # the sample that goes beyond it is the last
    assert int(every[3].diff().max()) > expected
    for all_of_them, mine in zip(per_ray(every[2], every[3]), per_ray(few[2], few[3]), strict=True):
        assert torch.equal(all_of_them[:expected], mine)


def test_rays_that_miss_or_look_away_have_no_samples(device):
    full = cells(torch.ones((SIDE,) * 3, dtype=torch.bool), device=device)
    origins = torch.tensor([[0, 0, 3.0], [0, 0, 3.0], [3.0, 3.0, 3.0], [0, 2.0, 0]], device=device)
    directions = torch.tensor([[0, 0, 1.0], [0, 1.0, 0], [0, 0, -1.0], [1.0, 0, 0]], device=device)
    points, _, _, offsets = walk(origins, directions, torch.zeros(4, device=device), full, STEP, 100, math.inf)
    assert len(points) == 0
    assert not offsets.any()


def test_no_rays_have_no_samples(device):
    nothing = torch.zeros((0, 3), device=device)
    full = cells(torch.ones((SIDE,) * 3, dtype=torch.bool), device=device)
    points, _, distances, offsets = walk(nothing, nothing, nothing[:, 0], full, STEP, 100, math.inf)
    assert (len(points), len(distances), offsets.tolist()) == (0, 0, [0])


def test_the_order_of_axes_is_that_of_the_cells(device):
    """One cell, far from the diagonal, is met by the rays that go through it and by no other."""
    occupied = torch.zeros((SIDE,) * 3, dtype=torch.bool)
    occupied[3, 17, 28] = True
    center = (torch.tensor([3.0, 17, 28]) + 0.5) * (2 * EXTENT / SIDE) - EXTENT
    directions = torch.cat([torch.eye(3), -torch.eye(3)])
    through = center - 4 * directions
    beside = center.flip(0) - 4 * directions
    grid, half = cells(occupied, device=device), torch.full((6,), 0.5, device=device)
    hits = walk(*at(device, through, directions), half, grid, STEP, 100, math.inf)
    assert (hits[3].diff() >= int(2 * EXTENT / SIDE / STEP)).all()
    assert (hits[0].cpu() - center).norm(dim=1).max() < EXTENT / SIDE + 1e-4
    assert len(walk(*at(device, beside, directions), half, grid, STEP, 100, math.inf)[0]) == 0


def test_wrong_types_and_shapes_are_named(random):
    origins, directions, jitter = some_rays(random)
    grid = cells(scattered(random))
    with pytest.raises(TypeError, match="origins"):
        walk(origins.double(), directions, jitter, grid, STEP, 9, math.inf)
    with pytest.raises(ValueError, match="directions"):
        walk(origins, directions[:, :2], jitter, grid, STEP, 9, math.inf)
    with pytest.raises(ValueError, match="jitter"):
        walk(origins, directions, jitter[1:], grid, STEP, 9, math.inf)
