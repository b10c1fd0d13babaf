from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.scene import Surface
from backend.scene.head import EAR, SCALP
from backend.texture.anatomy import axes_of, hairiness
from tests.texture.heads import head


@pytest.mark.parametrize("seed", range(3))
def test_axes_turn_with_the_head(seed):
    shape = head()
    turn = Rotation.random(random_state=seed).as_matrix()
    turned = Surface((shape.surface.vertices @ turn.T * 3 + [1, 2, 3]).astype(np.float32), shape.surface.faces)
    axes, straight = axes_of(turned, shape), axes_of(shape.surface, shape)
    np.testing.assert_allclose(axes.turn, straight.turn @ turn.T, atol=1e-4)
    np.testing.assert_allclose(axes.millimeter, 3 * straight.millimeter, rtol=1e-3)


def test_an_upright_head_looks_to_minus_y_with_its_left_at_plus_x():
    turn = axes_of(head().surface, head()).turn
    np.testing.assert_allclose(np.linalg.det(turn), 1, atol=1e-6)
    assert turn[0] @ [1, 0, 0] > 0.999
    assert turn[1] @ [0, 1, 0] > 0.8  # this head's scalp lies behind its neck: up leans backwards
    assert turn[2] @ [0, 0, 1] > 0.8


def test_hair_belongs_on_the_scalp_fades_around_it_and_leaves_ears_alone():
    shape = head()
    hairy = hairiness(shape.surface, shape, axes_of(shape.surface, shape))
    assert (hairy[shape.region == SCALP] == 1).all() and (hairy[shape.region == EAR] == 0).all()
    assert ((hairy > 0) & (hairy < 1)).sum() > 10
    nobody = replace(shape, region=np.zeros_like(shape.region))
    assert (hairiness(shape.surface, nobody, axes_of(shape.surface, shape)) == 0).all()
