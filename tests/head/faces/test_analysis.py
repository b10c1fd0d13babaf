import json

import numpy as np
import pytest
from portraits import bust, needs_mediapipe, record_of

from backend.errors import UserError
from backend.head.faces import analysis
from backend.head.faces.analysis import analyze

BLANK = np.zeros((64, 64, 3), np.float32)


@pytest.fixture
def seen(monkeypatch):
    """Lets a test say which faces are found; no model is asked."""

    def set_faces(*faces):
        monkeypatch.setattr(analysis, "find_faces", lambda photo, model: list(faces))
        monkeypatch.setattr(analysis, "segment_face", lambda photo, record: None)

    return set_faces


@needs_mediapipe
def test_a_good_photo_gives_points_and_masks_and_no_warning():
    record, told = analyze(bust(0), "000")
    assert told == [] and record.masks.skin.max() == 255 and record.confidence > 0.8


@needs_mediapipe
def test_a_small_face_is_analyzed_with_a_warning():
    record, told = analyze(bust(0, 96), "tiny")
    assert record is not None and "small" in told[0] and "tiny" in told[0]


def test_without_a_face_the_message_names_the_photo_and_ways_out(seen):
    seen()
    with pytest.raises(UserError, match=r"back\.jpg.*click.*object"):
        analyze(BLANK, "back.jpg")
    record, told = analyze(BLANK, "back.jpg", needed=False)
    assert record is None and "back.jpg" in told[0]


def test_a_tiny_face_is_refused(seen):
    seen(record_of(8))
    with pytest.raises(UserError, match="too small"):
        analyze(BLANK, "crowd")


def test_an_unsure_face_and_further_faces_are_told(seen):
    seen(record_of(100, confidence=0.3), record_of(50))
    record, told = analyze(BLANK, "pair")
    assert record.scale == 100 and "2 faces" in told[0] and "unsure" in told[1]
    record, told = analyze(BLANK, "pair", face=1)
    assert record.scale == 50 and told == []


def test_a_face_number_that_is_not_there_is_refused(seen):
    seen(record_of(100))
    with pytest.raises(UserError, match="number 4"):
        analyze(BLANK, "alone", face=4)


def test_clicked_points_win_over_the_detector(seen, tmp_path):
    seen(record_of(100))
    points = {"33": [1, 2], "263": [9, 2], "1": [5, 5], "152": [5, 9]}
    (tmp_path / "side.face.json").write_text(json.dumps({"points": points}))
    record, told = analyze(BLANK, "side", file=tmp_path / "side.jpg")
    assert record.source == "clicked" and told == [] and record.scale == 8
