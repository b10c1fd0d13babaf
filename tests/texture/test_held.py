"""Maps that are painted over those of before."""

import numpy as np

from backend.scene import Maps
from backend.texture.held import laid_over, resized


def maps(size: int, color: float, confidence: np.ndarray | float) -> Maps:
    plane = np.full((size, size, 3), color, np.float32)
    sure = np.broadcast_to(np.asarray(confidence, np.float32), (size, size))[..., None]
    return Maps(plane, plane * 0.5, np.full_like(plane, color), np.ascontiguousarray(sure))


def test_what_is_well_seen_is_new_and_the_rest_is_held():
    seen = np.repeat([[1.0], [0.5], [0.0], [0.72]], 4, 1)
    mixed = laid_over(maps(4, 0.2, 0.4), maps(4, 0.8, seen))
    np.testing.assert_allclose(mixed.photo[:3, 0, 0], [0.8, 0.2, 0.2], atol=1e-6)
    np.testing.assert_allclose(mixed.albedo[:3, 0, 0], [0.4, 0.1, 0.1], atol=1e-6)
    assert 0.3 < mixed.photo[3, 0, 0] < 0.7
    np.testing.assert_allclose(mixed.confidence[:3, 0, 0], [1.0, 0.4, 0.4], atol=1e-6)
    assert (mixed.normal == np.float32(0.2)).all()


def test_maps_of_another_size_are_brought_to_the_new_one():
    mixed = laid_over(maps(8, 0.2, 0.4), maps(4, 0.8, 0.0))
    assert mixed.photo.shape == (4, 4, 3) and mixed.confidence.shape == (4, 4, 1)
    np.testing.assert_allclose(mixed.photo, 0.2, atol=1e-6)
    same = maps(8, 0.2, 0.4)
    assert resized(same, 8) is same
