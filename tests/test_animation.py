"""The story of `animate`, with a detector that knows the truth."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend import animation, protocol
from backend.asset import layout
from backend.asset.writer import write_result
from backend.errors import Cancelled, UserError
from backend.protocol import AnimateRequest
from tests.asset import subjects
from tests.head.fitting.soft_heads import portrait_camera, seen_by, soft_head

MODEL = replace(soft_head(expressions=2), expression_names=("jawOpen", "mouthSmileLeft"))
FRAMES, NOBODY = 24, 7  # frames; one that shows no face
SIZE = 48
JAW = np.r_[np.zeros(14), np.linspace(0, 0.8, 5), np.full(5, 0.8)]


def find_faces(picture, model=None):
    """The head as the picture's gray says that its jaw is; nobody in black pictures."""
    gray = float(picture.mean())
    if gray < 0.01:
        return []
    shape = MODEL.shape(np.zeros(4), np.array([(gray - 0.1) / 0.8, 0.0]))
    camera = portrait_camera(0.0, size=SIZE, focal=85 / 36)
    return [seen_by(camera, MODEL, shape, sigma=0.05)]


@pytest.fixture(autouse=True)
def _known_head(monkeypatch):
    monkeypatch.setattr(animation, "find_faces", find_faces)
    monkeypatch.setattr(animation, "load_head_model", lambda choice: MODEL)
    monkeypatch.setattr(animation, "with_closed_neck", lambda model: model)


@pytest.fixture
def result(tmp_path):
    (tmp_path / "photos").mkdir()
    made = subjects.result(
        tmp_path / "photos", report={"settings": {}}, checkpoint={layout.HEAD_NEUTRAL: MODEL.vertices}
    )
    return write_result(tmp_path / "result", made)


@pytest.fixture
def film(tmp_path):
    folder = tmp_path / "film"
    folder.mkdir()
    for number, jaw in enumerate(JAW):
        gray = 0.0 if number == NOBODY else 0.1 + 0.8 * jaw
        Image.new("RGB", (SIZE, SIZE), (round(255 * gray),) * 3).save(folder / f"{number:03d}.png")
    return folder


def animate(result, film, out, events=None, **options) -> Path:
    request = AnimateRequest(str(result), str(film), str(out), **options).validate()
    return animation.animate(request, (events if events is not None else []).append)


def rows_of(path: Path) -> list[dict]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_a_film_becomes_a_recording(result, film, tmp_path):
    events = []
    out = animate(result, film, tmp_path / "take.csv", events, fps=10.0)
    rows = rows_of(out)
    assert len(rows) == FRAMES and rows[-1]["Timecode"].startswith("00:00:02:")
    assert np.abs([float(row["JawOpen"]) for row in rows] - JAW).max() < 0.15
    assert [event.name for event in events if isinstance(event, protocol.Stage)] == [
        animation.WATCHING, animation.READING, animation.WRITING,
    ]  # fmt: skip
    fractions = [event.fraction for event in events if isinstance(event, protocol.Progress)]
    assert fractions == sorted(fractions) and fractions[-1] == 1
    warnings = [event.text for event in events if isinstance(event, protocol.Warning)]
    assert warnings == ["1 of 24 frames show no face and were bridged (at 0.7 s)."]


def test_a_result_that_keeps_no_neutral_is_animated_too(film, tmp_path):
    (tmp_path / "photos").mkdir()
    plain = write_result(tmp_path / "plain", subjects.result(tmp_path / "photos", report={"settings": {}}))
    rows = rows_of(animate(plain, film, tmp_path / "take.csv"))
    assert np.corrcoef([float(row["JawOpen"]) for row in rows], JAW)[0, 1] > 0.9


def test_a_film_without_a_face_is_refused(result, film, tmp_path):
    for photo in film.iterdir():
        Image.new("RGB", (SIZE, SIZE)).save(photo)
    with pytest.raises(UserError, match=r"No frame of .* shows a face"):
        animate(result, film, tmp_path / "take.csv")
    assert not (tmp_path / "take.csv").exists()


def test_to_cancel_leaves_nothing(result, film, tmp_path):
    def stop(event):
        if isinstance(event, protocol.Progress):
            raise Cancelled

    with pytest.raises(Cancelled):
        animation.animate(AnimateRequest(str(result), str(film), str(tmp_path / "take.csv")), stop)
    assert not list(tmp_path.glob("take*"))


def test_the_same_person_is_followed_among_others(monkeypatch, result, film, tmp_path):
    def two(picture, model=None):
        faces = find_faces(picture)
        larger = [replace(face, points=face.points * 2 + 500) for face in faces]
        return faces if picture.mean() < 0.2 else [*faces, *larger]

    alone = rows_of(animate(result, film, tmp_path / "alone.csv"))
    monkeypatch.setattr(animation, "find_faces", two)
    assert rows_of(animate(result, film, tmp_path / "among.csv")) == alone
