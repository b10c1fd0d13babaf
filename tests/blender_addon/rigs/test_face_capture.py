"""Recordings are read whatever the order, the case and the spelling of their columns, and at the right speed."""

import numpy as np
import pytest

from backend.errors import UserError
from backend.scene import ARKIT
from blender_addon.rigs import face_capture, key_names

HEAD = ("HeadYaw", "HeadPitch", "HeadRoll")
EYES = tuple(f"{side}Eye{turn}" for side in ("Left", "Right") for turn in ("Yaw", "Pitch", "Roll"))
VALUES = np.random.default_rng(0).random((130, 61)).round(6)  # two seconds of 60 frames and some


def timecode(frame: float, fps: int) -> str:
    """From 23:59:58 on: the recording runs over midnight."""
    seconds, rest = divmod(frame, fps)
    seconds = (86398 + int(seconds)) % 86400
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{rest:06.3f}"


def write(path, names, rows, gap=",", first=("Timecode", "BlendShapeCount"), fps=60, step=1.0):
    """A file whose frames are `step` of the timecode's frames apart."""
    lines = [gap.join([*first, *names])]
    for number, row in enumerate(rows):
        told = {"Timecode": timecode(number * step, fps), "BlendShapeCount": "61"}
        cells = [f"{value:.6f}" if np.isfinite(value) else "" for value in row]
        lines.append(gap.join([*(told[name] for name in first), *cells]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def live_link(path, **options):
    names = [key_names.styled(name, "PASCAL") for name in ARKIT]
    return write(path, [*names, *HEAD, *EYES], VALUES, **options)


def test_live_link_face_is_read_exactly(tmp_path):
    read = face_capture.load(live_link(tmp_path / "take 1.csv"))
    assert read.name == "take 1" and list(read.keys) == list(ARKIT)
    np.testing.assert_array_equal(np.stack(list(read.keys.values()), 1), VALUES[:, :52])
    np.testing.assert_array_equal(read.turns, VALUES[:, [53, 52, 54]])
    np.testing.assert_allclose(read.times, np.arange(130) / 60, atol=1e-9)


@pytest.mark.parametrize("naming", key_names.NAMINGS)
@pytest.mark.parametrize("case", [str, str.lower, str.upper])
def test_order_case_and_spelling_make_no_difference(tmp_path, naming, case):
    order = np.random.default_rng(1).permutation(52)
    names = [case(key_names.styled(ARKIT[number], naming)) for number in order]
    read = face_capture.load(write(tmp_path / "a.csv", names, VALUES[:, order]))
    np.testing.assert_array_equal(np.stack(list(read.keys.values()), 1), VALUES[:, :52])
    assert read.turns is None


@pytest.mark.parametrize(("fps", "step"), [(24, 1), (25, 1), (30, 1), (60, 1), (60, 2), (30, 0.5), (120, 1), (24, 0.4)])
def test_the_timecode_tells_the_speed(tmp_path, fps, step):
    read = face_capture.load(live_link(tmp_path / "a.csv", fps=fps, step=step))
    np.testing.assert_allclose(read.times, np.arange(130) * step / fps, atol=2e-3 / fps)


def test_what_the_caller_knows_of_the_speed_wins(tmp_path):
    names, rows = ["jawOpen"], VALUES[:20, :1]
    short = write(tmp_path / "a.csv", names, rows, fps=30)  # never over a full second: nothing tells 30 from 60
    np.testing.assert_allclose(face_capture.load(short, fps=30).times[-1], 19 / 30)
    bare = write(tmp_path / "b.csv", names, rows, first=())
    assert face_capture.load(bare).times[-1] == pytest.approx(19 / face_capture.FPS)
    assert face_capture.load(bare, fps=24).times[-1] == pytest.approx(19 / 24)


def test_seconds_do_as_well_as_a_timecode(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("jawOpen,Timestamp\n0.1,7.5\n0.2,7.75\n0.3,9\n")
    np.testing.assert_array_equal(face_capture.load(path).times, [0, 0.25, 1.5])


def test_semicolons_decimal_commas_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\ufeffjawOpen;mouthClose\n0,25;1\n0,5;0\n", encoding="utf-8")
    read = face_capture.load(path)
    np.testing.assert_array_equal(read.keys["jawOpen"], [0.25, 0.5])
    np.testing.assert_array_equal(read.keys["mouthClose"], [1, 0])


def test_missing_values_and_repeated_frames(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Timecode,jawOpen,cheekPuff\n0:0:0:1,0.1,nan\n0:0:0:2,,0.5\n\n0:0:0:2,0.2,0.6\n0:0:0:4,0.4\n")
    read = face_capture.load(path)
    np.testing.assert_allclose(read.times, [0, 1 / 60, 3 / 60])
    np.testing.assert_array_equal(read.keys["jawOpen"], [0.1, np.nan, 0.4])
    np.testing.assert_array_equal(read.keys["cheekPuff"], [np.nan, 0.5, np.nan])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("Timecode,jawOpen\n", "no rows"),
        ("Timecode,smile\n0:0:0:1,0.5\n", "no columns.*it has Timecode, smile"),
        ("jawOpen,mouthClose\n0.1,0.2\n0.3,wide\n", "'wide' is no number .line 3, column mouthClose"),
    ],
)
def test_what_is_no_recording_is_refused_in_words(tmp_path, text, said):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(UserError, match=said):
        face_capture.load(tmp_path / "a.csv")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        face_capture.load(tmp_path / "a.csv")
