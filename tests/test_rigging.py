"""What cannot move is kept as it is, and told: a fit never loses its work over it."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from backend import heads, pipeline, rigging
from backend.asset.reader import read_result
from backend.mesh.graft import Grafted
from backend.protocol import FitRequest, Warning
from backend.rig.assembly import lacks
from backend.scene import Bounds, Capture, Carrier, HeadShape, Surface, UvAtlas, View
from backend.timeline import Timeline
from tests.head.fitting.soft_heads import head_photo, portrait_camera, soft_head

MODEL = soft_head()


def test_a_model_without_the_keys_of_arkit_is_told_of():
    assert lacks(MODEL) == "no jawOpen and no eyeBlinkLeft and no eyeBlinkRight"


def test_a_model_that_cannot_move_gives_a_whole_result_without_keys(monkeypatch, tmp_path):
    views = []
    for number in range(3):
        camera = portrait_camera(20 * number, size=96)
        photo = head_photo("", MODEL, MODEL.vertices, camera)
        views.append(View(f"{number:03d}", photo.picture, photo.mask, camera, face=photo.face))
    capture = Capture(tuple(views), Bounds(np.ones(3), 3.0))
    monkeypatch.setattr(heads, "load_capture", lambda path, config, progress: capture)
    monkeypatch.setattr(heads, "find_faces_in", lambda capture, config, face: capture)
    monkeypatch.setattr(heads, "load_head_model", lambda choice: MODEL)
    events = []
    request = FitRequest(str(tmp_path / "transforms.json"), str(tmp_path / "out"), preset="preview", device="cpu")
    result = read_result(pipeline.fit(request, events.append))
    assert result.rig is None and len(result.surface.vertices) == len(MODEL.vertices)
    told = [event.text for event in events if isinstance(event, Warning)]
    assert any("soft has no jawOpen" in text and "builtin" in text for text in told)
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert told == report["warnings"]


@pytest.mark.parametrize("opened, moves", [(("eye", "eye"), True), (("eye", "mouth"), False), (("mouth",), False)])
def test_a_hidden_eye_costs_the_keys_and_not_the_surface(monkeypatch, opened, moves):
    corners = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    surface = Surface(corners, np.array([[0, 1, 2]], np.int32))
    atlas = UvAtlas(np.zeros((3, 2), np.float32), surface.faces)
    rows = np.arange(3, dtype=np.int32)
    shape = HeadShape(surface, atlas, np.zeros(3, np.uint8), rows, "acted")
    monkeypatch.setattr(rigging, "wrap", lambda *_: corners)
    grafted = Grafted(surface, shape.region, Carrier.itself(3), rows, rows, opened, ("An eye could not be cut.",))
    monkeypatch.setattr(rigging, "graft", lambda *_: grafted)
    timeline = Timeline({rigging.OPENING: 1.0, rigging.CLEAN: 1.0, rigging.RIGGING: 1.0, "Writing": 1.0}, [].append)
    made, told = rigging.open_face(surface, SimpleNamespace(shape=shape), timeline)
    assert (made is not None) == moves
    assert told[0] == "An eye could not be cut."
    assert any("no shape keys" in text for text in told) == (not moves)
