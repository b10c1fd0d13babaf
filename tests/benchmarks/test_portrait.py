"""The table of heads from few photos: its rows, what each fit is given, and what is made of the figures."""

import json
from types import SimpleNamespace

import numpy as np
import pygltflib as gltf
import pytest
import trimesh

from backend.asset.writer import write_result
from backend.protocol import FitRequest
from benchmarks import portrait
from benchmarks.portrait import Row, chosen, disturbances, parse, rows_of, table
from benchmarks.truth import load_truth
from tests.blender_addon import rigged

FRAME = {"w": 8, "h": 8, "fl_x": 9.0, "fl_y": 9.0, "cx": 4.0, "cy": 4.0, "transform_matrix": np.eye(4).tolist()}


@pytest.fixture
def captures(tmp_path):
    """Two people; one was also photographed under disturbance. And photos of whose subject nothing is known."""
    for name, count in (("one", 24), ("two-clean", 12), ("two-harsh", 12), ("ring", 12)):
        folder = tmp_path / "captures" / name
        (folder / "images").mkdir(parents=True)
        frames = []
        for number in range(count):
            frames.append({**FRAME, "file_path": f"images/{number:03}.png"})
            (folder / frames[-1]["file_path"]).write_text(f"{name} {number}")
        (folder / "transforms_train.json").write_text(json.dumps({"frames": frames}))
        if name != "ring":
            (folder / "gt").mkdir()
            (folder / "gt" / "neutral.obj").touch()
    return tmp_path / "captures"


def test_the_command_line(tmp_path):
    options = parse([str(tmp_path)])
    assert options.preset == "preview" and options.only == ["*"] and options.out is None
    assert parse(["x", "--only", "astronaut,a/ict/3"]).only == ["astronaut", "a/ict/3"]
    with pytest.raises(SystemExit):
        parse(["x", "--preset", "hasty"])


def test_rows_are_what_the_captures_allow(captures):
    kinds = {}
    for row in rows_of(captures):
        kinds.setdefault(row.name.rpartition("/")[0], []).append(row.kind)
    few = ["average", "1", "3"]
    assert kinds == {
        "": ["1"],
        **{f"one/{model}": [*few, "8", "8-cameras"] for model in ("builtin", "ict")},
        **{f"two-clean/{model}": [*few, "all", "all-trusting"] for model in ("builtin", "ict")},
        **{f"two-harsh/{model}": ["all", "all-trusting"] for model in ("builtin", "ict")},
    }


@pytest.mark.parametrize(("patterns", "expected"), [
    (["astronaut"], ["astronaut"]),
    (["one/*/3"], ["one/builtin/3", "one/ict/3"]),
    (["*/ict/1", "one/ict/*-cameras"], ["one/ict/1", "one/ict/8-cameras", "two-clean/ict/1"]),
])  # fmt: skip
def test_rows_are_chosen_by_patterns_and_keep_their_order(captures, patterns, expected):
    assert [row.name for row in chosen(rows_of(captures), patterns)] == expected


def test_a_pattern_without_a_row_is_refused(captures):
    with pytest.raises(SystemExit, match="no row three/"):
        chosen(rows_of(captures), ["astronaut", "three/*"])


@pytest.fixture
def fits(monkeypatch):
    """Instead of fits, what they were given."""
    given = []

    def run_fit(source, out, options):
        photos = sorted(source.iterdir()) if source.is_dir() else [source]
        given.append((source, [photo.read_text() for photo in photos], options))
        out.mkdir(parents=True)
        head = {"landmark_misfit_percent": 1.5}
        report = {"counts": {"views": len(photos)}, "head": head, "seconds": {"Reading": 1.0, "total": 1.0}}
        (out / "report.json").write_text(json.dumps(report))

    monkeypatch.setattr(portrait, "run_fit", run_fit)
    monkeypatch.setattr(portrait, "_score", lambda surface, row: {"face mm": 0.5, "head mm": 1.0})
    return given


def test_photos_without_cameras_lie_where_nothing_tells_them(captures, fits, tmp_path):
    for row in chosen(rows_of(captures), ["two-clean/ict/1", "two-clean/ict/3"]):
        figures = portrait.measure(row, "preview", tmp_path / "out", tmp_path / "scratch")
        assert figures["cameras"] == "solved" and figures["misfit %"] == 1.5 and figures["Reading s"] == 1
    (one, content, options), (folder, three, _) = fits
    assert one.name == "000.png" and content == ["two-clean 0"] and options[-1] == "ict"
    assert three == ["two-clean 0", "two-clean 2", "two-clean 10"]
    assert captures not in one.parents and captures not in folder.parents


def test_photos_with_cameras_are_named_in_the_capture(captures, fits, tmp_path):
    for row in chosen(rows_of(captures), ["one/builtin/8-cameras", "two-harsh/ict/all"]):
        assert portrait.measure(row, "preview", tmp_path / "out", tmp_path)["cameras"] == "given"
    (file, _, options), (_, _, all_options) = fits
    assert file == captures / "one" / "transforms_train.json"
    assert options[-2:] == ["--views", "000,003,006,009,012,015,018,021"] and "--views" not in all_options


def test_a_trusting_fit_is_the_usual_one_without_obstruction_weights(monkeypatch):
    from backend import pipeline

    fitted = []
    usual = pipeline.settings_for
    monkeypatch.setattr(pipeline, "settings_for", usual)  # put back when the test ends
    monkeypatch.setattr(pipeline, "fit", lambda request, emit: fitted.append(pipeline.settings_for(request, "cpu")))
    request = FitRequest("capture", "out", preset="preview")
    portrait._fit_trusting(request)
    (settings,) = fitted
    assert not settings.capture.obstructions and usual(request, "cpu").capture.obstructions
    assert settings.surface == usual(request, "cpu").surface


def test_the_average_head_is_written_for_the_scorer(captures, monkeypatch):
    vertices, faces = np.array([[0, 0, 0], [0.1, 0, 0], [0, 0.1, 0], [0, 0, 0.1]]), np.array([[0, 1, 2], [1, 3, 2]])
    model = SimpleNamespace(vertices=vertices, polygons=None, triangles=lambda polygons: faces)
    monkeypatch.setattr(portrait, "load_head_model", lambda name: model)
    folder = captures / "one" / "gt"
    written = portrait._write_average("ict", folder)
    written.rename(folder / "neutral.obj")
    (folder / "meta.json").write_text('{"neck_plane_z": 0}')
    (folder / "landmarks.json").write_text('{"landmarks": []}')
    surface = load_truth(captures / "one").surface
    np.testing.assert_allclose(surface.vertices, vertices, atol=1e-6)
    np.testing.assert_array_equal(surface.faces, faces)


def test_a_head_is_scored_at_rest_since_not_every_capture_knows_true_expressions(tmp_path):
    (tmp_path / "made").mkdir()
    head = write_result(tmp_path / "result", rigged.result(tmp_path / "made")) / "head.glb"
    keyed = gltf.GLTF2().load(str(head))
    rest = gltf.GLTF2().load(str(portrait.without_keys(head, tmp_path / "rest.glb")))
    assert any(part.targets for mesh in keyed.meshes for part in mesh.primitives)
    assert not any(part.targets for mesh in rest.meshes for part in mesh.primitives)
    meshes = [trimesh.load(file).geometry.values() for file in (head, tmp_path / "rest.glb")]
    for before, after in zip(*meshes, strict=True):
        np.testing.assert_array_equal(before.vertices, after.vertices)


def test_stages_stand_in_their_order_with_the_total_last():
    figures = {
        "one": {"photos": 1, "Reading s": 1.0, "Painting s": 2.0, "total s": 3.0},
        "more": {"photos": 3, "Reading s": 1.0, "Refinement s": 4.0, "Painting s": 2.0, "total s": 7.0},
    }
    header, _, one, more = table(figures).splitlines()
    assert [cell.strip() for cell in header.split("|")][-5:-1] == ["Reading s", "Refinement s", "Painting s", "total s"]
    assert one.startswith("| one ") and more.startswith("| more")


def test_what_a_disturbance_costs_is_told_where_all_four_fits_are_there():
    faces = {"harsh/ict/all": 0.5, "clean/ict/all": 0.4, "harsh/ict/all-trusting": 0.9, "clean/ict/all-trusting": 0.4}
    figures = {f"b-{name}": {"face mm": face} for name, face in faces.items()}
    (line,) = disturbances(figures)
    assert "0.100 mm with weights, 0.500 mm without" in line
    assert disturbances({**figures, "b-clean/ict/all": {}}) == []
    assert Row("b-harsh/ict/all", "all").has_cameras and not Row("b/ict/8", "8").has_cameras
