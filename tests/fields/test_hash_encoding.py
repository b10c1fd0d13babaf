"""The trainable encoding in the normalized frame: sizes, coarse to fine, and that it learns."""

import pytest
import torch

from backend.fields.hash_encoding import HashEncoding, HashEncodingConfig

CONFIG = HashEncodingConfig(levels=4, features=2, log2_entries=12, base=4, finest=32)
EXTENT = 1.5


@pytest.fixture
def encoding():
    torch.manual_seed(3)
    return HashEncoding(CONFIG, EXTENT)


def inside(count: int) -> torch.Tensor:
    return (torch.rand(count, 3) * 2 - 1) * EXTENT


def test_untrained_features_are_small_and_as_many_as_promised(encoding):
    features = encoding(inside(500))
    assert features.shape == (500, encoding.width) == (500, 8)
    assert 0 < features.abs().max() <= 1e-4


def test_features_reach_as_far_as_the_extent(encoding):
    with torch.no_grad():
        encoding.table.normal_()
    edge = torch.tensor([[EXTENT, 0, 0], [-EXTENT, 0, 0]])
    assert torch.equal(encoding(edge), encoding(edge * 2))  # beyond is clamped
    assert (encoding(edge) != encoding(edge * 0.98)).any(1).all()  # within is not


@pytest.mark.parametrize("level", [0, 3])
def test_cells_are_as_large_as_they_say(encoding, level):
    """Along an axis the blend is straight within a cell, and bends where the next begins."""
    with torch.no_grad():
        encoding.table.normal_()
    cell = encoding.cell(level)
    corner = cell / 2 - EXTENT  # half a cell from the edge, as position = x * scale + 0.5

    def bend(start: float) -> float:
        line = torch.full((3, 3), 0.1)
        line[:, 0] = start + cell * torch.tensor([0.02, 0.5, 0.98])
        low, middle, high = encoding(line)[:, 2 * level : 2 * level + 2].detach()
        return float((low - 2 * middle + high).abs().max())

    for number in range(encoding.lattices.sides[level] - 4):
        assert bend(corner + number * cell) < 1e-3
        assert bend(corner + (number + 0.5) * cell) > 1e-2


def test_finer_levels_fade_in(encoding):
    with torch.no_grad():
        encoding.table.normal_()
    points = inside(200)
    full = encoding(points)
    encoding.active_levels = 2
    assert torch.equal(encoding(points)[:, :4], full[:, :4]) and not encoding(points)[:, 4:].any()
    encoding.active_levels = 2.25
    faded = encoding(points)
    torch.testing.assert_close(faded[:, 4:6], 0.25 * full[:, 4:6])
    assert torch.equal(faded[:, :4], full[:, :4]) and not faded[:, 6:].any()
    faded.sum().backward()
    assert not encoding.table.grad[encoding.lattices.firsts[3] :].any()
    encoding.active_levels = 0
    assert not encoding(points).any()


def test_learns_a_function_of_position(encoding):
    readout = torch.nn.Linear(encoding.width, 1)
    optimizer = torch.optim.Adam([*encoding.parameters(), *readout.parameters()], lr=1e-2)
    points = inside(2000)
    wanted = torch.sin(4 * points[:, 0]) * torch.cos(3 * points[:, 1]) + points[:, 2]
    for _ in range(150):
        loss = (readout(encoding(points))[:, 0] - wanted).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss < 0.01 * wanted.var()
