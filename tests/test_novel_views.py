"""The story of `render`, with a small result and a field that is a formula."""

import json
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from backend import novel_views, protocol
from backend.asset.writer import write_result
from backend.devices import choose_device
from backend.errors import Cancelled, UserError
from backend.pictures import draw_unlit
from backend.protocol import RenderRequest
from backend.scene import Picture
from tests.asset import subjects

CENTER, RADIUS = subjects.CENTER, 2 * subjects.RADIUS


class Ball:
    """A red ball in the middle of the normalized frame, and what `restore` was given."""

    def __init__(self, representation, arrays, device):
        self.representation, self.arrays, self.device = representation, arrays, device

    def draw(self, camera) -> Picture:
        rows, columns = np.indices((camera.height, camera.width)) + 0.5
        rays = camera.rays(np.stack([columns, rows], -1))
        nearest = -(rays @ camera.position)
        alpha = (np.linalg.norm(camera.position + nearest[..., None] * rays, axis=-1) < 0.5).astype(np.float32)
        return Picture(alpha[..., None] * np.float32([1, 0, 0]), alpha, (alpha * nearest).astype(np.float32))


@pytest.fixture(scope="module")
def mesh_result(tmp_path_factory):
    photos = tmp_path_factory.mktemp("photos")
    return write_result(tmp_path_factory.mktemp("mesh") / "result", subjects.result(photos))


@pytest.fixture
def field_result(tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    checkpoint = {
        "bounds_center": CENTER, "bounds_radius": np.float32(RADIUS), "field.grid": np.arange(3, dtype=np.float32),
    }  # fmt: skip
    report = {"settings": {"representation": "hash"}}
    whole = subjects.result(tmp_path / "photos", checkpoint=checkpoint, report=report)
    made = []
    monkeypatch.setattr(novel_views, "restore", lambda *given: made.append(Ball(*given)) or made[-1])
    return write_result(tmp_path / "result", whole), made


def render(result, out, events=None, **options) -> Path:
    request = RenderRequest(str(result), str(out), device="cpu", **options).validate()
    return novel_views.render(request, (events if events is not None else []).append)


def read_png(path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image, np.float32)


def names(folder) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_turntable_becomes_transparent_pictures_of_the_photos_size(mesh_result, tmp_path):
    events = []
    assert render(mesh_result, tmp_path / "turn", events, turntable=3) == tmp_path / "turn"
    assert names(tmp_path / "turn") == ["000.png", "001.png", "002.png"] and names(tmp_path) == ["turn"]
    for file in (tmp_path / "turn").iterdir():
        image = read_png(file)
        assert image.shape == (40, 48, 4) and image[..., 3].min() == 0 and image[..., 3].max() == 255
    assert [event for event in events if isinstance(event, protocol.Stage)] == [
        protocol.Stage("Drawing", number, 3) for number in range(3)
    ]
    assert [event.fraction for event in events if isinstance(event, protocol.Progress)] == [1 / 3, 2 / 3, 1]


def test_without_a_path_it_turns_in_48_frames_at_the_size_asked_for(mesh_result, tmp_path):
    render(mesh_result, tmp_path / "turn", size=24)
    assert len(names(tmp_path / "turn")) == protocol.TURNTABLE
    assert read_png(tmp_path / "turn" / "000.png").shape == (20, 24, 4)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # imageio's reader leaves pipes open
def test_a_video_has_all_frames_once_over_gray_with_even_sides(mesh_result, tmp_path):
    (tmp_path / "turn.mp4").write_text("an older one")
    render(mesh_result, tmp_path / "turn.mp4", turntable=5, size=33, fps=10)
    frames = imageio_ffmpeg.read_frames(str(tmp_path / "turn.mp4"))
    meta = next(frames)
    pictures = [np.frombuffer(frame, np.uint8).reshape(*meta["size"][::-1], 3) for frame in frames]
    assert (meta["size"], meta["fps"], len(pictures)) == ((32, 28), 10, 5)
    assert all(np.abs(picture[0, 0].astype(float) - 127.5).max() < 4 for picture in pictures)
    assert names(tmp_path) == ["turn.mp4"]


def write_path(folder, **changes) -> str:
    """The result's own cameras as a path elsewhere, without photos."""
    eyes = {"front": subjects.camera(), "side": subjects.camera(1.2, 60, 40)}
    frames = [
        {"name": name, "w": eye.width, "h": eye.height, "fl_x": eye.fl_x, "fl_y": eye.fl_y, "cx": eye.cx, "cy": eye.cy,
         "transform_matrix": eye.camera_to_world.tolist(), **changes}
        for name, eye in eyes.items()
    ]  # fmt: skip
    (folder / "path.json").write_text(json.dumps({"frames": frames}))
    return str(folder / "path.json")


def test_cameras_of_a_file_are_used_as_they_are_and_name_the_pictures(mesh_result, tmp_path):
    render(mesh_result, tmp_path / "views", cameras=write_path(tmp_path))
    assert names(tmp_path / "views") == ["front.png", "side.png"]
    textured = subjects.result(tmp_path).textured
    for name, eye in (("front", subjects.camera()), ("side", subjects.camera(1.2, 60, 40))):
        shown = read_png(tmp_path / "views" / f"{name}.png") / 255
        drawn, cover = draw_unlit(textured, eye, 0.0)
        np.testing.assert_allclose(shown[..., 3], cover, atol=0.01)
        np.testing.assert_allclose(shown[..., :3] * shown[..., 3:], drawn, atol=0.01)


def test_a_video_of_cameras_of_several_sizes_is_refused(mesh_result, tmp_path):
    with pytest.raises(UserError, match="48 x 40, 60 x 40"):
        render(mesh_result, tmp_path / "views.mp4", cameras=write_path(tmp_path))
    assert names(tmp_path) == ["path.json"]


def test_the_field_is_drawn_where_there_is_one_in_the_world_frame(field_result, tmp_path):
    result, made = field_result
    render(result, tmp_path / "field", cameras=write_path(tmp_path))
    (field,) = made
    assert field.representation == "hash" and list(field.arrays) == ["grid"] and field.device.type == "cpu"
    shown = read_png(tmp_path / "field" / "front.png")
    eye = subjects.camera()
    # Half of the normalized radius is the radius of the mesh.
    cover = draw_unlit(subjects.result(tmp_path / "photos").textured, eye)[1]
    assert np.abs((shown[..., 3] > 127) != (cover > 0.5)).mean() < 0.02
    assert (shown[shown[..., 3] == 255] == [255, 0, 0, 255]).all()
    render(result, tmp_path / "mesh", cameras=write_path(tmp_path), of="mesh")
    assert len(made) == 1


def test_depth_comes_back_in_world_units(field_result):
    result, _ = field_result
    draw = novel_views.choose_drawer(novel_views.read_result(result), "field", choose_device("cpu"))
    assert draw(subjects.camera()).depth.max() == pytest.approx(0.6, rel=0.01)


def test_without_a_field_the_mesh_is_drawn_unless_the_field_is_asked_for(mesh_result, tmp_path):
    with pytest.raises(UserError, match="keeps no field"):
        render(mesh_result, tmp_path / "turn", of="field", turntable=1)
    assert not (tmp_path / "turn").exists()


def test_a_field_without_its_bounds_is_damaged(field_result, tmp_path):
    result, _ = field_result
    report = json.loads((result / "report.json").read_text())
    (result / "report.json").write_text(json.dumps({**report, "settings": {}}))
    with pytest.raises(UserError, match="damaged"):
        render(result, tmp_path / "turn", turntable=1)


def test_a_folder_of_the_artist_is_refused_before_any_work(mesh_result, tmp_path):
    (tmp_path / "turn").mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / "turn" / "000.png")
    events = []
    with pytest.raises(UserError, match="other files"):
        render(mesh_result, tmp_path / "turn", events)
    assert events == [] and read_png(tmp_path / "turn" / "000.png").shape == (4, 4, 3)


@pytest.mark.parametrize("result", ["nowhere", "."])
def test_what_is_no_result_is_told(tmp_path, result):
    with pytest.raises(UserError, match=r"no result folder|not a whole result"):
        render(tmp_path / result, tmp_path / "turn")


@pytest.mark.parametrize("out", ["turn", "turn.mp4"])
def test_cancelling_leaves_what_was_there_before(mesh_result, tmp_path, out):
    render(mesh_result, tmp_path / out, turntable=2)
    before = (tmp_path / out).stat().st_mtime_ns

    def emit(event):
        if isinstance(event, protocol.Progress):
            raise Cancelled

    with pytest.raises(Cancelled):
        novel_views.render(RenderRequest(str(mesh_result), str(tmp_path / out), turntable=4), emit)
    assert names(tmp_path) == [out] and (tmp_path / out).stat().st_mtime_ns == before


def test_cuda_without_a_gpu_is_told(mesh_result, tmp_path, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    request = replace(RenderRequest(str(mesh_result), str(tmp_path / "turn")), device="cuda")
    with pytest.raises(UserError, match="--device cpu"):
        novel_views.render(request, lambda event: None)
