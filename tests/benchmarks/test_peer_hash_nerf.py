import numpy as np
import pytest
import torch

from benchmarks.peer_hash_nerf import Box, HashEncoding, Peer, PeerConfig, PeerField, spherical_harmonics, train_peer
from tests.synthetic import orbit

SMALL = PeerConfig(levels=4, entries=2**10, finest=64, width=16, samples=16)
CUBE = Box(torch.full((3,), -1.0), torch.full((3,), 1.0))


def by_the_formula(encoding: HashEncoding, point: np.ndarray) -> np.ndarray:
    """The encoding of one point (3,), a corner at a time: trilinear weights; dense rows, or Python's own integers."""
    features = []
    for resolution, table in zip(encoding.resolutions, encoding.tables, strict=True):
        cell = np.minimum(np.floor(point * resolution), resolution - 1).astype(int)
        inside, total = point * resolution - cell, 0
        for corner in np.ndindex(2, 2, 2):
            x, y, z = (int(c) for c in cell + corner)
            if (resolution + 1) ** 3 <= encoding.entries:
                row = x + (resolution + 1) * y + (resolution + 1) ** 2 * z
            else:
                row = ((x * 1) ^ (y * 2654435761) ^ (z * 805459861)) % encoding.entries
            weight = np.prod([inside[k] if corner[k] else 1 - inside[k] for k in range(3)])
            total = total + weight * table[row].detach().double().numpy()
        features.append(total)
    return np.concatenate(features)


def test_the_encoding_is_the_papers_formula():
    torch.manual_seed(0)
    encoding = HashEncoding(PeerConfig())
    assert len(encoding.resolutions) == 16 and encoding.resolutions[0] == 16 and encoding.resolutions[-1] == 512
    assert [len(table) for table in encoding.tables] == [min((r + 1) ** 3, 2**16) for r in encoding.resolutions]
    points = np.concatenate([np.random.default_rng(1).random((20, 3)), [[0, 0, 0], [1, 1, 1], [1, 0, 0.5]]])
    found = encoding(torch.from_numpy(points.astype(np.float32))).detach().numpy()
    wanted = [by_the_formula(encoding, point.astype(np.float32).astype(float)) for point in points]
    np.testing.assert_allclose(found, wanted, atol=2e-8)  # single precision far along the finest level


def test_harmonics_are_orthonormal_over_the_sphere():
    turns = np.arange(20_000) + 0.5  # a spiral of equal areas
    polar, around = np.arccos(1 - 2 * turns / len(turns)), np.pi * (1 + 5**0.5) * turns
    directions = np.stack([np.cos(around) * np.sin(polar), np.sin(around) * np.sin(polar), np.cos(polar)], 1)
    values = spherical_harmonics(torch.from_numpy(directions))
    np.testing.assert_allclose(4 * np.pi * (values.T @ values) / len(turns), np.eye(16), atol=2e-3)


def test_rays_meet_the_box_where_geometry_says():
    origins = torch.tensor([[0.0, 0, -3], [0, 0, -3], [0, 0, 0.5], [-3, 0.5, 0]])
    directions = torch.tensor([[0.0, 0, 1], [0, 1, 0], [0, 0, 1], [1, 0, 0]])
    near, far = CUBE.meet(origins, directions)
    torch.testing.assert_close(near[[0, 2, 3]], torch.tensor([2.0, 0, 2]))
    torch.testing.assert_close(far[[0, 2, 3]], torch.tensor([4.0, 0.5, 4]))
    assert near[1] >= far[1]


class Slab(PeerField):
    """Red, of one density everywhere."""

    def forward(self, points, directions):
        return torch.full((len(points),), 0.7), torch.tensor([1.0, 0, 0]).expand(len(points), 3)


@pytest.mark.parametrize("jitter", [False, True])
def test_an_even_medium_absorbs_exponentially_before_white(jitter):
    peer = Peer(CUBE, SMALL, 0)
    peer.field = Slab(SMALL)
    origins, directions = torch.tensor([[0.0, 0, -3], [5, 5, -3]]), torch.tensor([[0.0, 0, 1], [0, 0, 1]])
    hit, missed = peer.render(origins, directions, jitter)
    left = float(np.exp(-0.7 * 2))
    torch.testing.assert_close(hit, torch.tensor([1.0, left, left]))
    torch.testing.assert_close(missed, torch.ones(3))


def test_training_brings_pictures_nearer_to_the_photos():
    photos = orbit(6, 24)
    wanted = torch.from_numpy(photos[0].photo)
    errors = []

    def after_step(step: int, peer: Peer) -> None:
        if step in (1, 40):
            errors.append(float(((torch.from_numpy(peer.draw(photos[0].camera)) - wanted) ** 2).mean()))

    train_peer(photos, CUBE, 40, after_step, SMALL)
    assert errors[1] < 0.5 * errors[0]
