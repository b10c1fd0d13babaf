"""The whole story on a small capture that the test photographs itself."""

import json

import numpy as np
import pytest
from PIL import Image

from backend import pipeline, protocol
from backend.asset.reader import read_result
from backend.errors import Cancelled, UserError
from backend.timeline import Timeline
from tests.synthetic import off_the_ellipsoid, orbit

CENTER, SCALE = np.array([5.0, -2.0, 40.0]), 30.0  # the capture's own frame: no meters, no origin


@pytest.fixture(scope="module")
def capture(tmp_path_factory):
    folder = tmp_path_factory.mktemp("capture")
    frames = []
    for view in orbit(12, 96):
        pose = view.camera.camera_to_world.copy()
        pose[:3, 3] = pose[:3, 3] * SCALE + CENTER
        Image.fromarray((view.photo * 255).round().astype(np.uint8)).save(folder / f"{view.name}.png")
        Image.fromarray((view.mask * 255).round().astype(np.uint8)).save(folder / f"{view.name}_mask.png")
        frames.append({
            "file_path": f"{view.name}.png", "mask_path": f"{view.name}_mask.png", "transform_matrix": pose.tolist(),
        })  # fmt: skip
    lens = {"w": 96, "h": 96, "fl_x": 2.4 * 96, "fl_y": 2.4 * 96, "cx": 48.0, "cy": 48.0}
    (folder / "transforms.json").write_text(json.dumps({**lens, "frames": frames}))
    return folder / "transforms.json"


def request(capture, out, **options):
    values = {"subject": "object", "preset": "preview", "device": "cpu", **options}
    return protocol.FitRequest(str(capture), str(out), **values).validate()


@pytest.fixture(scope="module")
def fitted(capture, tmp_path_factory):
    out, events = tmp_path_factory.mktemp("fit") / "result", []
    folder = pipeline.fit(request(capture, out), events.append)
    return read_result(folder), events


def test_result_lies_on_the_subject_in_the_captures_own_frame(fitted):
    result, _ = fitted
    off = np.abs(off_the_ellipsoid((result.surface.vertices - CENTER) / SCALE))
    pixel = 4.0 / (2.4 * 96)
    assert off.mean() < 0.25 * pixel


def test_report_measures_photos_that_were_held_out(fitted):
    result, _ = fitted
    assert result.report["held_out"]["views"] == 1
    assert result.report["held_out"]["iou"] > 0.97
    assert result.report["held_out"]["psnr"] > 18


def test_stages_come_in_order_and_progress_never_falls(fitted):
    _, events = fitted
    stages = [event.index for event in events if isinstance(event, protocol.Stage)]
    fractions = [event.fraction for event in events if isinstance(event, protocol.Progress)]
    assert stages == list(range(7))
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


def test_cancelling_leaves_nothing(capture, tmp_path):
    def emit(event):
        if isinstance(event, protocol.Stage) and event.index == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        pipeline.fit(request(capture, tmp_path / "result"), emit)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_other_files_is_refused_before_any_work(capture, tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    events = []
    with pytest.raises(UserError, match="not a Likeness result"):
        pipeline.fit(request(capture, tmp_path), events.append)
    assert events == []


def test_time_limit_stops_with_advice():
    ticks = Timeline({"one": 1.0}, lambda event: None, time_limit=1e-9)
    with pytest.raises(UserError, match="time limit"), ticks.stage("one"):
        pass


def test_cuda_without_a_gpu_is_told(capture, tmp_path, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(UserError, match="--device cpu"):
        pipeline.fit(request(capture, tmp_path / "result", device="cuda"), lambda event: None)
