import numpy as np
import pytest
from small_heads import QUICK, small_head

from backend.head.performance import Performance
from backend.rig.canonical import canonical_points, keys_of
from backend.rig.expression import train
from backend.rig.tuning import tuned
from backend.scene.rig import ARKIT

LEFT, RIGHT = ARKIT.index("mouthSmileLeft"), ARKIT.index("mouthSmileRight")


@pytest.fixture(scope="module")
def tuning():
    """A smile that goes more to the side than the model's, seen from the front: field, tuned field, points, smile."""
    model = small_head()
    field, points, keys = train(model, config=QUICK), canonical_points(model), keys_of(model)
    own = {row: keys[row] * np.float32([1.6, 1, 0.6]) for row in (LEFT, RIGHT)}
    coefficients = np.zeros(52)
    coefficients[[LEFT, RIGHT]] = 0.9
    seen = (model.vertices[:, 1] < -0.03).astype(np.float32)
    shown = 0.9 * (own[LEFT] + own[RIGHT]) * seen[:, None]
    smile = Performance("smile", coefficients, shown.astype(np.float32), seen)
    return field, tuned(field, model, [smile]), points, smile, own


def test_active_keys_become_the_persons_own_on_their_side(tuning):
    _, after, points, smile, own = tuning
    for row in (LEFT, RIGHT):
        seen = smile.certainty > 0
        baked = after.bake(points)[row]
        assert np.linalg.norm((baked - own[row])[seen]) < 0.12 * np.linalg.norm(own[row][seen])
        far = points[:, 0] < -0.02 if row == LEFT else points[:, 0] > 0.02
        assert np.abs(baked[far]).max() < 0.01 * np.abs(baked).max()


def test_other_keys_stay(tuning):
    before, after, points, *_ = tuning
    others = [row for row in range(52) if row not in (LEFT, RIGHT)]
    np.testing.assert_array_equal(after.bake(points)[others], before.bake(points)[others])


def test_what_no_photo_shows_hardly_changes(tuning):
    before, after, points, smile, _ = tuning
    change = np.linalg.norm(after.bake(points)[LEFT] - before.bake(points)[LEFT], axis=1)
    largest = np.linalg.norm(before.bake(points)[LEFT], axis=1).max()
    assert change[smile.certainty == 0].max() < 0.2 * largest


def test_nothing_certain_changes_nothing(tuning):
    before, _, points, smile, _ = tuning
    model = small_head()
    unseen = Performance("unseen", smile.coefficients, smile.displacement * 3, np.zeros_like(smile.certainty))
    after = tuned(before, model, [unseen]).bake(points)
    peak = np.linalg.norm(before.bake(points)[LEFT], axis=1).max()
    assert np.linalg.norm(after - before.bake(points), axis=2).max() < 0.16 * peak
