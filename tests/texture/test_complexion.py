"""What photos tell of hair."""

from dataclasses import replace

import numpy as np
import pytest

from backend.texture.anatomy import axes_of
from backend.texture.complexion import read_complexion
from backend.texture.gates import gate_views
from tests.texture.heads import HAIR, SKIN, head, portrait


@pytest.mark.parametrize(("share", "tone"), [(0.05, HAIR), (0.4, SKIN)])
def test_a_hairline_alone_does_not_tell_hairs_color(share, tone):
    """Of the hair in the photo's mask a share lies before the fitted head, and is skin in truth."""
    shape = head()
    axes = axes_of(shape.surface, shape)
    (gated,) = gate_views(shape.surface, shape, axes, [portrait(0)])
    rows, columns = np.nonzero(gated.planes["hair"] > 0.8)
    lowest = np.argsort(-rows, kind="stable")[: round(share * len(rows))]
    photo, trust = np.array(gated.small.photo), np.zeros_like(gated.small.mask)
    photo[rows, columns] = HAIR
    photo[rows[lowest], columns[lowest]] = SKIN
    trust[rows[lowest], columns[lowest]] = 1
    seen = replace(gated, small=replace(gated.small, photo=photo, trust=trust))
    weights = np.ones((len(shape.surface.vertices), 1))
    told = read_complexion(shape.surface, axes, [seen], weights, 0).hair_tone
    np.testing.assert_allclose(told, tone, atol=0.02)
