"""Samples along rays: in order, within the span, as dense as the weights say, and only where something can be."""

import numpy as np
import pytest
import torch

from backend.fields.field import Rays
from backend.fields.sampling import PossibleSpace, cube_span, inverse_cdf, pack, stratified, stretch_edges


@pytest.fixture
def random():
    return torch.Generator().manual_seed(3)


def rays_towards(targets, random, distance=4.0):
    """Rays from all around through points (R, 3)."""
    directions = torch.nn.functional.normalize(torch.randn(len(targets), 3, generator=random), dim=1)
    return Rays(targets - distance * directions, directions)


def test_cube_span_begins_and_ends_on_the_cube(random):
    rays = rays_towards(torch.rand(500, 3, generator=random) * 2 - 1, random)
    for t in cube_span(rays, 1.2):
        ends = rays.origins + rays.directions * t[:, None]
        torch.testing.assert_close(ends.abs().amax(1), torch.full((500,), 1.2), atol=1e-4, rtol=0)


def test_cube_span_of_axis_parallel_rays_and_of_rays_that_miss():
    axis = torch.tensor([0.0, 1.0, 0.0])
    origins = torch.tensor([[0.2, -3.0, 0.0], [1.5, -3.0, 0.0], [0.0, 0.0, 0.0], [0.0, 3.0, 0.0]])
    near, far = cube_span(Rays(origins, axis.expand(4, 3)), 1.0)
    assert (near < far).tolist() == [True, False, True, False]  # through, beside, from within, away
    torch.testing.assert_close(torch.stack([near[[0, 2]], far[[0, 2]]]), torch.tensor([[2.0, 0.0], [4.0, 1.0]]))


def test_span_holds_all_possible_space_on_the_ray_and_little_more(random):
    ticks = (np.arange(40) + 0.5) / 20 - 1
    cells = (np.stack(np.meshgrid(ticks, ticks, ticks, indexing="ij"), -1) ** 2).sum(-1) < 0.6**2
    rays = rays_towards(torch.randn(1000, 3, generator=random) * 0.5, random)
    near, far = PossibleSpace(cells, 1.0).span(rays)
    middle = -(rays.origins * rays.directions).sum(1)
    half = (0.6**2 - (rays.origins + rays.directions * middle[:, None]).square().sum(1)).clamp(min=0).sqrt()
    inside = half > 0.2  # steps off the silhouette, where a step is no measure of a chord
    cell = 0.05 * np.sqrt(3)
    assert (near - (middle - half))[inside].abs().max() < 2 * cell
    assert (far - (middle + half))[inside].abs().max() < 2 * cell
    closest = (rays.origins + rays.directions * middle[:, None]).norm(dim=1)
    assert (near < far)[closest < 0.6 - cell].all() and not (near < far)[closest > 0.6 + cell].any()


def test_stratified_samples_take_one_of_each_part(random):
    near, far = torch.full((200,), 1.0), torch.full((200,), 3.0)
    t = stratified(near, far, 8, random)
    assert ((t - 1) / 2 * 8).long().tolist() == [list(range(8))] * 200
    assert t.std(0).min() > 0.05
    torch.testing.assert_close(stratified(near, far, 8)[0], 1 + (torch.arange(8) + 0.5) / 4)


def test_stretches_fill_the_span(random):
    near, far = torch.zeros(50), torch.rand(50, generator=random) + 1
    edges = stretch_edges(stratified(near, far, 12, random), near, far)
    lengths = edges[:, 1:] - edges[:, :-1]
    assert (lengths > 0).all()
    torch.testing.assert_close(lengths.sum(1), far)


@pytest.mark.parametrize("jittered", [False, True])
def test_inverse_cdf_follows_the_weights(jittered, random):
    edges = torch.tensor([[0.0, 1.0, 1.5, 4.0, 5.0]])
    weights = torch.tensor([[0.1, 0.5, 0.0, 0.4]])
    t = inverse_cdf(edges, weights, 10_000, random if jittered else None)
    assert (t[:, 1:] >= t[:, :-1]).all()
    counts = torch.histogram(t[0], edges[0]).hist / 10_000
    torch.testing.assert_close(counts, weights[0], atol=2e-3, rtol=0)
    torch.testing.assert_close(t[0].mean(), torch.tensor(0.1 * 0.5 + 0.5 * 1.25 + 0.4 * 4.5), atol=5e-3, rtol=0)


def test_inverse_cdf_of_nothing_is_even_by_stretch():
    edges = torch.tensor([[0.0, 1.0, 2.0, 4.0]])
    t = inverse_cdf(edges, torch.zeros(1, 3), 6)
    torch.testing.assert_close(t, torch.tensor([[0.25, 0.75, 1.25, 1.75, 2.5, 3.5]]))


def test_pack_gives_rays_without_space_no_samples(random):
    rays = rays_towards(torch.zeros(2, 3), random)
    near, far = torch.full((2,), 3.0), torch.full((2,), 5.0)
    t = stratified(near, far, 4)
    samples = pack(rays, t, stretch_edges(t, near, far), torch.tensor([False, True, True, False]))
    assert samples.offsets.tolist() == [0, 0, 4, 8, 8] and samples.offsets.dtype == torch.int32
    expected = rays.origins[1] + rays.directions[1] * t[1, 2]
    torch.testing.assert_close(samples.points[6], expected)
    torch.testing.assert_close(samples.directions[6], rays.directions[1])
    torch.testing.assert_close(samples.lengths, torch.full((8,), 0.5))
