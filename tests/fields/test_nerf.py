"""The classic field: the paper's networks, drawn within the space that is possible, kept and restored exactly."""

import numpy as np
import pytest
import torch

from backend.fields.nerf import NerfConfig, NerfField, NerfNetwork
from backend.fields.rays import camera_rays
from tests.synthetic import orbit_camera

NARROW = NerfConfig(
    position_octaves=4, direction_octaves=2, width=24, depth=4, skip=2, color_width=16, coarse=12, fine=8
)
CPU, EXTENT = torch.device("cpu"), 1.06


def ball(cells=24, radius=0.6):
    ticks = ((np.arange(cells) + 0.5) * 2 / cells - 1) * EXTENT
    return (np.stack(np.meshgrid(ticks, ticks, ticks, indexing="ij"), -1) ** 2).sum(-1) < radius**2


@pytest.fixture
def nerf():
    torch.manual_seed(0)
    return NerfField(NARROW, ball(), EXTENT)


def test_default_networks_are_the_papers_and_take_about_five_megabytes():
    network = NerfNetwork(NerfConfig())
    shapes = [tuple(layer.weight.shape) for layer in network.trunk]
    assert shapes == [(256, 63), *[(256, 256)] * 4, (256, 256 + 63), *[(256, 256)] * 2]
    assert network.color_hidden.weight.shape == (128, 256 + 27)
    assert sum(p.numel() for p in network.parameters()) == 595_844
    arrays = NerfField(NerfConfig(), ball(), 1.0).arrays()
    assert 4.5e6 < sum(array.nbytes for array in arrays.values()) < 5e6


@pytest.mark.parametrize("skip", [0, 3])
def test_skip_may_stand_behind_any_layer(skip):
    network = NerfNetwork(NerfConfig(width=8, depth=4, skip=skip, color_width=4))
    density, color = network(torch.zeros(5, 3), torch.zeros(5, 3))
    assert density.shape == (5,) and color.shape == (5, 3)


def test_density_is_positive_and_does_not_depend_on_the_direction():
    random = torch.Generator().manual_seed(1)
    torch.manual_seed(0)
    network = NerfNetwork(NARROW)
    positions = torch.rand(300, 3, generator=random) * 2 - 1
    directions = torch.nn.functional.normalize(torch.randn(300, 3, generator=random), dim=1)
    density, color = network(positions, directions)
    turned, other = network(positions, -directions)
    assert (density > 0).all() and torch.equal(density, turned)
    assert (color - other).abs().max() > 0.01
    assert color.min() >= 0 and color.max() <= 1


def test_picture_is_empty_outside_of_possible_space_and_full_within_a_dense_one(nerf):
    with torch.no_grad():
        nerf.fine.density.bias.fill_(50.0)
    camera = orbit_camera(30, 10, 48)
    picture = nerf.draw(camera)
    rays = camera_rays(camera, CPU)
    miss = torch.linalg.cross(rays.origins, rays.directions).norm(dim=1).reshape(48, 48).numpy()
    assert picture.alpha[miss < 0.5].min() > 0.99 and picture.alpha[miss > 0.75].max() == 0
    assert (picture.color <= picture.alpha[..., None] + 1e-5).all()
    assert picture.depth[24, 24] == pytest.approx(4 - 0.6, abs=0.1)


def test_no_ray_meets_possible_space():
    field = NerfField(NARROW, np.zeros((8, 8, 8), bool), 1.0)
    picture = field.draw(orbit_camera(0, 0, 16))
    assert picture.alpha.max() == 0 and picture.color.max() == 0 and picture.depth.max() == 0


def test_fine_samples_gather_where_the_coarse_network_is_opaque(nerf):
    # Density of the coarse network: a wall from y = 0.1 on, as seen from y = -4.
    def wall(positions, directions):
        return 400.0 * (positions[:, 1] > 0.1), torch.zeros_like(positions)

    nerf.coarse.forward = wall
    samples = nerf.sample(camera_rays(orbit_camera(0, 0, 9), CPU)[40:41])
    assert len(samples.points) == NARROW.coarse + NARROW.fine
    stretch = 2 * 0.6 / NARROW.coarse + 0.1
    near_wall = (samples.points[:, 1] - 0.1).abs() < stretch
    assert int(near_wall.sum()) >= NARROW.fine
    assert (samples.distances[1:] >= samples.distances[:-1]).all()


def test_gradient_reaches_both_networks(nerf):
    rays = camera_rays(orbit_camera(0, 0, 12), CPU)
    for collected in nerf.trace(rays, torch.Generator().manual_seed(0)):
        collected.color.sum().backward()
    for name, parameter in nerf.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def test_arrays_restore_the_field_exactly(nerf):
    arrays = {name: array.copy() for name, array in nerf.arrays().items()}
    assert {array.dtype for array in arrays.values()} <= {np.dtype(t) for t in (np.float32, np.int32, np.uint8)}
    camera = orbit_camera(75, 20, 24)
    before, after = nerf.draw(camera), NerfField.from_arrays(arrays, CPU).draw(camera)
    for name in ("color", "alpha", "depth"):
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name))


def test_a_checkpoint_without_a_layer_is_refused(nerf):
    arrays = nerf.arrays()
    del arrays["fine.color.bias"]
    with pytest.raises(KeyError, match=r"fine\.color\.bias"):
        NerfField.from_arrays(arrays, CPU)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_a_restored_field_looks_the_same_on_cuda(nerf):
    camera = orbit_camera(75, 20, 24)
    here, there = nerf.draw(camera), NerfField.from_arrays(nerf.arrays(), torch.device("cuda")).draw(camera)
    np.testing.assert_allclose(there.color, here.color, atol=2e-3)
    np.testing.assert_allclose(there.alpha, here.alpha, atol=2e-3)
