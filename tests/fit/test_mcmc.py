"""The chain's moves: copies look like what they were copied from, the dead move, the cloud fills up to its cap."""

import numpy as np
import pytest
import torch

from backend.fields.gaussian import GaussianField
from backend.fit.mcmc import Chain, McmcConfig, covariances, shared_out
from backend.scene import Splats

CPU = torch.device("cpu")


def field_of(count: int, logits: float = 1.0) -> GaussianField:
    rng = np.random.default_rng(2)
    parts = [rng.normal(size=(count, 3)), np.full((count, 3), -3.0), rng.normal(size=(count, 4)),
             np.full(count, logits), rng.normal(size=(count, 4, 3))]  # fmt: skip
    return GaussianField(Splats(*(part.astype(np.float32) for part in parts)), CPU)


def chain_of(field: GaussianField, cap: int = 100, growth: float = 1.05) -> tuple[Chain, torch.optim.Adam]:
    optimizer = torch.optim.Adam([{"params": [part]} for part in field.parts.values()])
    sum(part.square().sum() for part in field.parts.values()).backward()
    optimizer.step()  # so that there is a memory
    return Chain(field, optimizer, McmcConfig(growth=growth), cap, seed=4), optimizer


@pytest.mark.parametrize("times", [1, 2, 5, 20])
@pytest.mark.parametrize("opacity", [0.05, 0.5, 0.95])
def test_several_gaussians_blend_to_the_one_that_they_replace(times, opacity):
    each, factor = shared_out(torch.tensor([opacity]), torch.tensor([times]))
    assert 1 - (1 - each.item()) ** times == pytest.approx(opacity, abs=1e-5)
    # What the paper keeps is the integral across the blended Gaussians (its equation 8), here summed along a line.
    x = np.linspace(-12, 12, 4001)
    blended = 1 - (1 - each.item() * np.exp(-0.5 * (x / factor.item()) ** 2)) ** times
    single = opacity * np.exp(-0.5 * x**2)
    assert blended.sum() == pytest.approx(single.sum(), rel=1e-3)


def test_the_dead_move_onto_the_living():
    field = field_of(20)
    with torch.no_grad():
        field.parts["opacities"][:5] = -9.0
    chain, optimizer = chain_of(field, cap=20)
    living = field.parts["means"][5:].detach().clone()
    chain.rearrange()
    assert len(field) == 20
    assert torch.sigmoid(field.parts["opacities"]).min() > 0.05
    for mean in field.parts["means"][:5]:
        assert (living == mean).all(1).any()
    assert optimizer.state[field.parts["means"]]["exp_avg"][:5].abs().max() == 0


def test_a_cloud_in_which_all_are_dead_stays():
    field = field_of(8, logits=-9.0)
    chain, _ = chain_of(field, cap=8)
    before = field.parts["means"].detach().clone()
    chain.rearrange()
    assert torch.equal(field.parts["means"].detach(), before)


def test_growth_ends_at_the_cap_and_the_optimizer_follows():
    field = field_of(50)
    chain, optimizer = chain_of(field, cap=70, growth=1.3)
    sizes = []
    for _ in range(4):
        chain.rearrange()
        sizes.append(len(field))
        for group, part in zip(optimizer.param_groups, field.parts.values(), strict=True):
            assert group["params"][0] is part and optimizer.state[part]["exp_avg"].shape == part.shape
        sum(part.square().sum() for part in field.parts.values()).backward()
        optimizer.step()
    assert sizes == [65, 70, 70, 70]


def test_noise_moves_the_faint_only_and_along_their_own_axes():
    field = field_of(400)
    with torch.no_grad():
        field.parts["opacities"][:200] = -8.0
        field.parts["log_scales"][:, 2] = -9.0
        field.parts["rotations"][:] = torch.tensor([1.0, 0, 0, 0])
    chain, _ = chain_of(field)
    with torch.no_grad():
        field.parts["log_scales"][:, 2] = -9.0
        field.parts["rotations"][:] = torch.tensor([1.0, 0, 0, 0])
    before = field.parts["means"].detach().clone()
    chain.shake(rate=1e-4)
    moved = (field.parts["means"].detach() - before).abs()
    assert moved[200:].max() == 0 and moved[:200, :2].min() > 0
    assert moved[:200, 2].max() < 1e-2 * moved[:200, :2].mean()


def test_covariance_is_that_of_turned_axes():
    log_scales = torch.tensor([[0.1, -0.4, -1.0]])
    rotation = torch.tensor([[np.cos(0.3), 0.0, 0.0, np.sin(0.3)]], dtype=torch.float32)
    turn = np.array([[np.cos(0.6), -np.sin(0.6), 0], [np.sin(0.6), np.cos(0.6), 0], [0, 0, 1]])
    expected = turn @ np.diag(np.exp(2 * log_scales[0].numpy())) @ turn.T
    np.testing.assert_allclose(covariances(log_scales, rotation)[0].numpy(), expected, atol=1e-6)


def test_the_pull_is_the_mean_opacity_and_the_mean_scale():
    field = field_of(10, logits=0.0)
    chain = Chain(field, None, McmcConfig(opacity_pull=2.0, scale_pull=3.0), 10, 0)
    assert chain.pull().item() == pytest.approx(2.0 * 0.5 + 3.0 * np.exp(-3.0), rel=1e-5)
