"""Occupancy: what fades, what returns, what can never be, and where rays are sampled."""

import math

import numpy as np
import pytest
import torch

from backend.fields.field import Rays
from backend.fields.occupancy import OccupancyGrid, march

CPU = torch.device("cpu")
SIDE, EXTENT = 16, 1.2


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(5)


def everywhere(extent=EXTENT):
    return OccupancyGrid(extent, np.ones((SIDE,) * 3, bool), CPU)


def constant(value):
    return lambda points: torch.full((len(points),), float(value))


def ball(radius=0.6, density=50.0):
    return lambda points: density * (points.norm(dim=1) < radius)


def centers():
    return (torch.from_numpy(np.indices((SIDE,) * 3)).float() + 0.5) * (2 * EXTENT / SIDE) - EXTENT


def test_at_first_all_that_is_possible_is_occupied():
    possible = np.random.default_rng(0).random((SIDE,) * 3) < 0.3
    grid = OccupancyGrid(EXTENT, possible, CPU)
    assert np.array_equal(grid.occupied.numpy(), possible)


def test_an_update_finds_what_is_dense(generator):
    grid = everywhere()
    grid.update(ball(), generator, everywhere=True)
    radius, diagonal = centers().norm(dim=0), 3**0.5 * EXTENT / SIDE
    assert grid.occupied[radius < 0.6 - diagonal].all()
    assert not grid.occupied[radius > 0.6 + diagonal].any()


def test_an_axis_of_the_grid_is_that_axis_of_the_points(generator):
    grid = everywhere()
    grid.update(lambda points: 50.0 * ((points[:, 0] > 0) & (points[:, 2] < 0)), generator, everywhere=True)
    half = SIDE // 2
    expected = torch.zeros((SIDE,) * 3, dtype=torch.uint8)
    expected[half:, :, :half] = 1
    assert torch.equal(grid.occupied, expected)


def test_points_lie_within_their_cells_and_differ_each_time(generator):
    possible = np.zeros((SIDE,) * 3, bool)
    possible[3, 9, 14] = True
    grid, asked = OccupancyGrid(EXTENT, possible, CPU), []
    for _ in range(50):
        grid.update(lambda points: asked.append(points) or torch.ones(len(points)), generator, everywhere=True)
    points = torch.cat(asked)
    away = (points - centers()[:, 3, 9, 14]) / (EXTENT / SIDE)
    assert points.shape == (50, 3)
    assert away.abs().max() <= 1 + 1e-5
    assert (away.amax(0) > 0.8).all()
    assert (away.amin(0) < -0.8).all()


def test_cells_fade_away_and_return(generator):
    grid = everywhere()
    grid.update(constant(10), generator, everywhere=True)
    assert grid.occupied.all()
    torch.testing.assert_close(grid.density, torch.full_like(grid.density, 10.0))
    grid.update(ball(), generator, everywhere=True)
    far = centers().norm(dim=0) > 0.8
    torch.testing.assert_close(grid.density[far], torch.full_like(grid.density[far], 9.5))
    for _ in range(40):  # 9.5 · 0.95^40 = 1.2
        grid.update(ball(), generator, everywhere=True)
    assert not grid.occupied[far].any()
    grid.update(constant(10), generator, everywhere=True)
    assert grid.occupied.all()


def test_the_mean_is_enough_where_all_is_thin(generator):
    """As instant-ngp has it: an untrained, nearly transparent field must not lose all its cells."""
    grid = everywhere()
    grid.update(lambda points: 0.01 * (points[:, 0] > 0), generator, everywhere=True)
    assert grid.occupied[SIDE // 2 :].all()
    assert not grid.occupied[: SIDE // 2].any()


def test_the_mean_is_that_of_the_possible_cells(generator):
    possible = np.zeros((SIDE,) * 3, bool)
    possible[:2] = True
    grid = OccupancyGrid(EXTENT, possible, CPU)
    grid.update(lambda points: torch.where(points[:, 1] > 0, 1.0, 0.4), generator, everywhere=True)
    assert torch.equal(grid.occupied[:2, : SIDE // 2], torch.zeros_like(grid.occupied[:2, : SIDE // 2]))
    assert grid.occupied[:2, SIDE // 2 :].all()


def test_impossible_cells_stay_empty(generator):
    possible = np.random.default_rng(1).random((SIDE,) * 3) < 0.4
    grid = OccupancyGrid(EXTENT, possible, CPU)
    for whole in (True, False, True, False):
        grid.update(constant(100), generator, everywhere=whole)
        assert np.array_equal(grid.occupied.numpy().astype(bool), possible)


def test_a_partial_update_looks_at_a_quarter_and_at_more_of_what_is_occupied(generator):
    grid = everywhere()
    grid.update(lambda points: 50.0 * (points[:, 0] > 0), generator, everywhere=True)
    asked = []
    grid.update(lambda points: asked.append(points) or torch.zeros(len(points)), generator, everywhere=False)
    points = torch.cat(asked)
    empty, occupied = ((points[:, 0] < 0).sum() / (SIDE**3 / 2), (points[:, 0] > 0).sum() / (SIDE**3 / 2))
    assert float(empty) == pytest.approx(0.25, abs=0.04)
    assert float(occupied) == pytest.approx(1 - 0.75**2, abs=0.04)


def test_partial_updates_reach_every_cell(generator):
    grid = everywhere()
    grid.update(constant(0), generator, everywhere=True)
    assert not grid.occupied.any()
    for _ in range(12):
        grid.update(ball(), generator, everywhere=False)
    inner = centers().norm(dim=0) < 0.6 - 3**0.5 * EXTENT / SIDE
    assert grid.occupied[inner].float().mean() > 0.9


def test_an_update_leaves_no_gradient_behind(generator):
    scale = torch.tensor(3.0, requires_grad=True)
    grid = everywhere()
    grid.update(lambda points: scale * points.norm(dim=1), generator, everywhere=True)
    assert not grid.density.requires_grad


def test_a_grid_survives_its_arrays(generator):
    possible = np.random.default_rng(2).random((24,) * 3) < 0.5
    grid = OccupancyGrid(EXTENT, possible, CPU)
    grid.update(ball(), generator, everywhere=True)
    arrays = grid.arrays()
    assert {array.dtype for array in arrays.values()} <= {np.dtype(np.float32), np.dtype(np.uint8)}
    again = OccupancyGrid.from_arrays(arrays, CPU)
    assert again.extent == grid.extent
    for one, other in zip(again.cells().__dict__.values(), grid.cells().__dict__.values(), strict=True):
        assert torch.equal(torch.as_tensor(one).float(), torch.as_tensor(other).float())
    assert torch.equal(again.possible, grid.possible)


@pytest.mark.parametrize("shape", [(16, 16, 8), (12, 12, 12)])
def test_a_grid_that_is_no_cube_of_whole_blocks_is_refused(shape):
    with pytest.raises(ValueError, match="multiples of 8"):
        OccupancyGrid(EXTENT, np.ones(shape, bool), CPU)


def shot(count, generator):
    """Rays from afar through the middle region."""
    origins = torch.nn.functional.normalize(torch.randn(count, 3, generator=generator), dim=1) * 3
    targets = torch.rand(count, 3, generator=generator) - 0.5
    return Rays(origins, torch.nn.functional.normalize(targets - origins, dim=1))


def test_marching_keeps_to_the_occupied_cells_and_ends_behind_the_surface(generator):
    grid = everywhere()
    grid.update(ball(density=100), generator, everywhere=True)
    rays, step = shot(400, generator), 0.02
    through = march(rays, grid, step, None, 1000, math.inf)
    stopped = march(rays, grid, step, None, 1000)
    assert through.points.norm(dim=1).max() < 0.6 + 2 * 3**0.5 * EXTENT / SIDE
    assert stopped.offsets.diff().max() == 7  # 12 / (100 · 0.02) is reached by the sixth and passed by the seventh
    assert len(through.points) > 4 * len(stopped.points)
    torch.testing.assert_close(stopped.lengths, torch.full_like(stopped.distances, step))
    ray = torch.repeat_interleave(torch.arange(400), stopped.offsets.diff().long())
    torch.testing.assert_close(stopped.directions, rays.directions[ray])
    torch.testing.assert_close(stopped.points, rays.origins[ray] + stopped.distances[:, None] * stopped.directions)


def test_without_jitter_the_stretches_begin_at_the_cube():
    rays = Rays(torch.tensor([[0.0, 0.1, 3.0]]), torch.tensor([[0.0, 0.0, -1.0]]))
    samples = march(rays, everywhere(), 0.1, None, 100)
    torch.testing.assert_close(samples.distances, 3 - EXTENT + 0.1 * (torch.arange(24) + 0.5))
