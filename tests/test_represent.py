"""The whole story with a field in it: kept, measured, shown while it fits, drawn again, and with less memory."""

import numpy as np
import pytest
import torch

from backend import pipeline, protocol, shaping
from backend.asset import layout
from backend.asset.reader import read_checkpoint, read_result
from backend.asset.splats import read_splats
from backend.errors import Enough, UserError
from backend.fields import restore
from backend.fields.hash import HashConfig
from backend.fields.hash_encoding import HashEncodingConfig
from backend.fields.marched import MarchConfig
from backend.fit.hash import HashFit
from backend.fit.radiance import RayPlan
from backend.fit.splatting import GaussianFit
from backend.novel_views import render
from backend.represent import FINISHING, FITTING, MESHING
from backend.request import RenderRequest
from tests import stored_capture as stored
from tests.stored_capture import CENTER, SCALE
from tests.synthetic import off_the_ellipsoid

ENCODING = HashEncodingConfig(levels=5, features=2, log2_entries=14, base=8, finest=64)
FITS = {
    "hash": HashFit(RayPlan(96, 120, 1024, 10), HashConfig(ENCODING, MarchConfig(step=0.03), width=32, degree=2)),
    "gaussian": GaussianFit(steps=120, joined=10, side=96, cap=1500, degree=1),
}


@pytest.fixture(scope="module", params=FITS)
def fitted(request, stored_capture, tmp_path_factory):
    out, events = tmp_path_factory.mktemp("field") / "result", []
    previews = tmp_path_factory.mktemp("previews")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("backend.presets.field_for", lambda kind, preset, device: FITS[kind])
        asked = stored.request(stored_capture, out, representation=request.param)
        pipeline.fit(asked, events.append, previews)
    return request.param, out, events


def test_mesh_lies_on_the_subject(fitted):
    vertices = read_result(fitted[1]).surface.vertices
    off = np.abs(off_the_ellipsoid((vertices - CENTER) / SCALE))
    assert off.mean() < 0.25 * 4.0 / (2.4 * 96)  # of a pixel


def test_stages_count_up_to_the_end(fitted):
    stages = [event for event in fitted[2] if isinstance(event, protocol.Stage)]
    fractions = [event.fraction for event in fitted[2] if isinstance(event, protocol.Progress)]
    assert [stage.index for stage in stages] == list(range(stages[-1].count))
    assert "Fitting the field" in [stage.name for stage in stages]
    assert fractions == sorted(fractions) and fractions[-1] == pytest.approx(1.0)


def test_field_is_measured_on_photos_that_were_held_out(fitted):
    figures = read_result(fitted[1]).report["held_out"]["field"]
    assert figures["views"] == 1 and figures["psnr"] > 15 and figures["iou"] > 0.9


def test_pictures_were_shown_while_it_was_fitted(fitted):
    events = fitted[2]
    first = next(k for k, event in enumerate(events) if isinstance(event, protocol.Preview))
    stages = [event.name for event in events[:first] if isinstance(event, protocol.Stage)]
    assert stages[-1] == "Fitting the field"


def test_field_is_kept_and_drawn_again(fitted, tmp_path):
    kind, out, _ = fitted
    kept = read_checkpoint(out)
    arrays = {name.removeprefix(layout.FIELD): a for name, a in kept.items() if name.startswith(layout.FIELD)}
    field = restore(kind, arrays, torch.device("cpu"))
    camera = read_result(out).cameras[0].camera.moved(kept[layout.BOUNDS_CENTER], float(kept[layout.BOUNDS_RADIUS]))
    assert field.draw(camera.resized(32, 32)).alpha.mean() > 0.1
    asked = RenderRequest(str(out), str(tmp_path / "turn"), turntable=2, size=32, of="field")
    frames = render(asked, lambda event: None)
    assert sorted(path.name for path in frames.iterdir()) == ["000.png", "001.png"]


def test_gaussians_are_kept_as_splats_in_the_captures_own_frame(fitted):
    kind, out, _ = fitted
    if kind != "gaussian":
        assert not (out / layout.SPLATS).exists()
        return
    splats = read_splats(out / layout.SPLATS)
    solid = splats.opacities > 0
    off = np.abs(off_the_ellipsoid((splats.means[solid] - CENTER) / SCALE))
    assert np.median(off) < 0.06


@pytest.mark.parametrize(("steps", "worth"), [(1, False), (60, True)])  # of 120
def test_a_field_that_was_ended_early_is_kept_where_it_had_learned_something(
    stored_capture, tmp_path, monkeypatch, steps, worth
):
    stages, told = [], 0

    def emit(event) -> None:
        nonlocal told
        if isinstance(event, protocol.Stage):
            stages.append(event.name)
        elif isinstance(event, protocol.Progress) and stages[-1] == FITTING:
            told += 1
        if isinstance(event, protocol.Progress) and told > steps + 2:  # at the beginning of the stage, and of the field
            raise Enough

    monkeypatch.setattr("backend.timeline._SPACING", 0.0)
    monkeypatch.setattr("backend.presets.field_for", lambda kind, preset, device: FITS["gaussian"])
    asked = stored.request(stored_capture, tmp_path / "result", representation="gaussian")
    folder = pipeline.fit(asked, emit)
    assert any(name.startswith(layout.FIELD) for name in read_checkpoint(folder)) == worth
    assert (MESHING in stages) == (FINISHING in stages) == worth
    off = np.abs(off_the_ellipsoid((read_result(folder).surface.vertices - CENTER) / SCALE))
    assert off.mean() < 0.4 * 4.0 / (2.4 * 96)  # of a pixel
    assert any(FITTING in text for text in read_result(folder).report["warnings"])


def test_out_of_memory_is_answered_with_less_once(stored_capture, tmp_path, monkeypatch):
    tried, events = [], []
    real = shaping.sculpt

    def hungry(capture, config, *rest):
        tried.append(config.triangles)
        if len(tried) == 1:
            raise torch.OutOfMemoryError("out of memory")
        return real(capture, config, *rest)

    monkeypatch.setattr(shaping, "sculpt", hungry)
    folder = pipeline.fit(stored.request(stored_capture, tmp_path / "result"), events.append)
    assert tried[1] == tried[0] // 2
    assert any(isinstance(event, protocol.Warning) and "Memory ran out" in event.text for event in events)
    assert any("Memory ran out" in text for text in read_result(folder).report["warnings"])


def test_out_of_memory_twice_is_told_with_advice_and_leaves_nothing(stored_capture, tmp_path, monkeypatch):
    def hungry(*arguments):
        raise MemoryError

    monkeypatch.setattr(shaping, "sculpt", hungry)
    with pytest.raises(UserError, match="Close other programs"):
        pipeline.fit(stored.request(stored_capture, tmp_path / "result"), lambda event: None)
    assert list(tmp_path.iterdir()) == []
