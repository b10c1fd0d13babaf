"""The whole story on a small capture that the test photographs itself."""

import numpy as np
import pytest

from backend import pipeline, protocol
from backend.asset.interim import read_interim
from backend.asset.reader import read_result
from backend.errors import Cancelled, Enough, UserError
from backend.mesh.topology import is_closed
from backend.shaping import FIRST, REFINEMENT, SCULPTING
from backend.timeline import Timeline
from tests.stored_capture import CENTER, SCALE, request
from tests.synthetic import off_the_ellipsoid


@pytest.fixture(scope="module")
def fitted(stored_capture, tmp_path_factory):
    out, events = tmp_path_factory.mktemp("fit") / "result", []
    folder = pipeline.fit(request(stored_capture, out), events.append)
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


def test_cancelling_leaves_nothing(stored_capture, tmp_path):
    def emit(event):
        if isinstance(event, protocol.Stage) and event.index == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        pipeline.fit(request(stored_capture, tmp_path / "result"), emit)
    assert list(tmp_path.iterdir()) == []


def test_finished_at_once_a_fit_still_has_a_whole_result_near_the_subject(stored_capture, tmp_path):
    events = []

    def emit(event) -> None:
        events.append(event)
        if isinstance(event, protocol.Progress):
            raise Enough

    (tmp_path / "job").mkdir()
    result = read_result(pipeline.fit(request(stored_capture, tmp_path / "result"), emit, tmp_path / "job"))
    assert is_closed(result.surface)
    assert np.abs(off_the_ellipsoid((result.surface.vertices - CENTER) / SCALE)).mean() < 0.4 * 4.0 / (2.4 * 96)
    (told,) = (text for text in result.report["warnings"] if text.startswith("Finished early on request:"))
    assert all(stage in told for stage in (SCULPTING, FIRST, REFINEMENT)) and protocol.Warning(told) in events
    assert events[-1].fraction == 1.0 and result.report["held_out"] is None
    shown = read_interim(tmp_path / "job" / "interim-0.glb").vertices
    assert np.abs((shown - CENTER) / SCALE).max() < 0.8  # in the capture's own frame


def test_a_folder_with_other_files_is_refused_before_any_work(stored_capture, tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    events = []
    with pytest.raises(UserError, match="not a Likeness result"):
        pipeline.fit(request(stored_capture, tmp_path), events.append)
    assert events == []


def test_time_limit_stops_with_advice():
    ticks = Timeline({"one": 1.0}, lambda event: None, time_limit=1e-9)
    with pytest.raises(UserError, match="time limit"), ticks.stage("one"):
        pass


def test_cuda_without_a_gpu_is_told(stored_capture, tmp_path, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(UserError, match="--device cpu"):
        pipeline.fit(request(stored_capture, tmp_path / "result", device="cuda"), lambda event: None)
