"""A re-fit on a small capture: what the views see becomes theirs, everything else is held."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from backend import pipeline, protocol, refitting
from backend.asset import layout
from backend.asset.reader import read_checkpoint, read_result
from backend.asset.tensors import read_tensors
from backend.errors import Cancelled, UserError
from backend.protocol import RefitRequest
from tests.stored_capture import CENTER, SCALE, request
from tests.synthetic import off_the_ellipsoid


@pytest.fixture(scope="module")
def dented(stored_capture, tmp_path_factory):
    """A result whose surface was pushed in by 4 % of the subject all around, with black textures."""
    folder = tmp_path_factory.mktemp("refit") / "result"
    pipeline.fit(request(stored_capture, folder), lambda event: None)
    path = folder / layout.CHECKPOINT
    arrays = read_tensors(path, lambda name: True)
    arrays[layout.VERTICES] = (CENTER + 0.96 * (arrays[layout.VERTICES] - CENTER)).astype(np.float32)
    save_file(arrays, path)
    for name in ("photo", "albedo", "confidence"):
        Image.new("L" if name == "confidence" else "RGB", (64, 64)).save(folder / layout.TEXTURES[name])
    return read_result(folder)


@pytest.fixture(scope="module")
def half(dented):
    """The four views that look at the subject most from its one side."""
    side = [camera.camera.position[0] for camera in dented.cameras]
    return tuple(dented.cameras[k].name for k in np.argsort(side)[-4:])


@pytest.fixture(scope="module")
def refined(dented, half, tmp_path_factory):
    out, events = tmp_path_factory.mktemp("again") / "result", []
    return read_result(refitting.refit(RefitRequest(str(dented.folder), half, str(out)), events.append)), events


def off(vertices: np.ndarray) -> np.ndarray:
    return np.abs(off_the_ellipsoid((vertices - CENTER) / SCALE))


def test_the_topology_is_that_of_before(dented, refined):
    result, _ = refined
    np.testing.assert_array_equal(result.surface.faces, dented.surface.faces)
    np.testing.assert_array_equal(result.atlas.uvs, dented.atlas.uvs)
    np.testing.assert_array_equal(result.atlas.faces, dented.atlas.faces)


def test_what_the_views_see_moves_to_where_they_see_it_and_the_rest_is_held(dented, refined):
    result, _ = refined
    moved = np.linalg.norm(result.surface.vertices - dented.surface.vertices, axis=1)
    side = (dented.surface.vertices - CENTER)[:, 0] / SCALE
    assert (moved[side < -0.35] == 0).all()
    seen = side > 0.25
    before, after = off(dented.surface.vertices[seen]).mean(), off(result.surface.vertices[seen]).mean()
    assert after < 0.5 * before, (before, after)


def test_the_colors_are_new_where_the_views_see_and_old_elsewhere(dented, refined):
    result, _ = refined
    maps = {name: np.asarray(Image.open(path), float) for name, path in result.texture_files.items()}
    assert (maps["photo"].max(-1) > 60).mean() > 0.05
    assert (maps["photo"].max(-1) == 0).mean() > 0.1
    before = np.asarray(Image.open(dented.texture_files["normal"]).resize(maps["normal"].shape[1::-1]), float)
    assert maps["normal"].shape == before.shape


def test_it_can_be_refined_again_and_from_any_view(dented, refined, half, tmp_path):
    result, _ = refined
    assert [camera.name for camera in result.cameras] == [camera.name for camera in dented.cameras]
    assert all(camera.image is not None for camera in result.cameras)
    other = next(camera.name for camera in dented.cameras if camera.name not in half)
    events = []
    again = refitting.refit(RefitRequest(str(result.folder), (other,), str(tmp_path / "b"), (0.5,)), events.append)
    told = read_result(again)
    np.testing.assert_array_equal(told.surface.vertices, result.surface.vertices)  # one view tells no depth
    assert any("One view alone" in event.text for event in events if isinstance(event, protocol.Warning))
    assert [refit["views"] for refit in told.report["refits"]] == [list(half), [other]]
    weights = {camera.name: camera.weight for camera in told.cameras}
    assert weights.pop(other) == 0.5 and set(weights.values()) == {1.0}


def test_progress_never_falls_and_ends(refined):
    _, events = refined
    fractions = [event.fraction for event in events if isinstance(event, protocol.Progress)]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


def test_in_place_means_in_place_and_a_cancel_changes_nothing(dented, half, tmp_path):
    folder = tmp_path / "result"
    shutil.copytree(dented.folder, folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def cancel(event):
        if isinstance(event, protocol.Stage) and event.name == refitting.PAINTING:
            raise Cancelled

    with pytest.raises(Cancelled):
        refitting.refit(RefitRequest(str(folder), half[:2]), cancel)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({"views": ("nobody",)}, "There are: 000"),
        ({"weights": (0.0,) * 4}, "weight above 0"),
        ({"result": "/nowhere"}, "fit"),
    ],
)
def test_what_cannot_be_is_one_sentence(dented, half, changes, advice, tmp_path):
    wanted = replace(RefitRequest(str(dented.folder), half, str(tmp_path / "out")), **changes)
    with pytest.raises(UserError, match=advice):
        refitting.refit(wanted, lambda event: None)
    assert not list(tmp_path.iterdir())


def test_a_photo_that_is_gone_is_missed_only_where_it_is_asked_for(dented, half):
    gone = half[0]
    folder = dented.folder
    kept = refitting.read_kept(folder)
    cameras = tuple(
        replace(camera, image=None if camera.name == gone else camera.image) for camera in kept.stored.cameras
    )
    kept = replace(kept, stored=replace(kept.stored, cameras=tuple(cameras)))
    with pytest.raises(UserError, match="gone"):
        kept.views({gone: 1.0}, 64, lambda done: None)
    capture = kept.views({half[1]: 1.0}, 64, lambda done: None)
    assert gone not in [view.name for view in capture.views] and gone in capture.warnings[0]


def test_a_rebuilt_mesh_is_a_fit_from_the_chosen_views(dented, half, tmp_path):
    wanted = RefitRequest(str(dented.folder), half, str(tmp_path / "out"), rebuild=True)
    result = read_result(refitting.refit(wanted, lambda event: None))
    assert result.surface.faces.shape != dented.surface.faces.shape
    assert {camera.name for camera in result.cameras} == set(half)
    assert layout.BOUNDS_RADIUS in read_checkpoint(result.folder)


def test_a_damaged_report_is_one_sentence(dented, tmp_path):
    folder = tmp_path / "result"
    shutil.copytree(dented.folder, folder)
    report = json.loads((folder / layout.REPORT).read_text())
    for settings in ({"preset": "ultra"}, None):
        (folder / layout.REPORT).write_text(json.dumps({**report, "settings": settings}))
        with pytest.raises(UserError, match=r"report\.json is damaged"):
            refitting.refit(RefitRequest(str(folder), ("000",)), lambda event: None)
