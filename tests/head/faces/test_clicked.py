import json

import numpy as np
import pytest

from backend.errors import UserError
from backend.head.faces.clicked import clicked, read_clicked

POINTS = {33: (10.0, 20.0), 263: (50.0, 20.0), 1: (30.0, 40.0), 152: (31.0, 70.0)}


def test_only_clicked_points_say_something():
    face = clicked(POINTS)
    assert set(np.nonzero(np.isfinite(face.sigma))[0]) == set(POINTS) and face.source == "clicked"
    for number, place in POINTS.items():
        assert tuple(face.points[number]) == place
    assert face.scale == 40 and np.isfinite(face.points).all() and face.masks is None


def test_points_beside_the_photo_are_read(tmp_path):
    photo = tmp_path / "side.jpg"
    assert read_clicked(photo) is None
    text = json.dumps({"points": {str(number): place for number, place in POINTS.items()}})
    (tmp_path / "side.face.json").write_text(text)
    np.testing.assert_array_equal(read_clicked(photo).points, clicked(POINTS).points)


@pytest.mark.parametrize("text", [
    "", "[]", '{"points": []}', '{"points": {"nose": [1, 2]}}', '{"points": {"1": [1]}}', '{"points": {"1": [1, NaN]}}',
    '{"points": {"1": 3}}', '{"points": {"900": [1, 2]}}', '{"points": {"1": [1, 2]}}', '{"other": 1}',
])  # fmt: skip
def test_a_broken_file_is_told(tmp_path, text):
    (tmp_path / "side.face.json").write_text(text)
    with pytest.raises(UserError):
        read_clicked(tmp_path / "side.jpg")
