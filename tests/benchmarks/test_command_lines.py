import numpy as np
import pytest

from backend.asset.writer import write_result
from backend.presets import settings_for
from backend.protocol import FitRequest
from benchmarks import fidelity, fit_process, growth, speed
from benchmarks.table import markdown
from tests.asset import subjects

SETTINGS = settings_for(FitRequest("capture", "out"), "cpu")


def test_a_table_lines_up_and_aligns_numbers_to_the_right():
    lines = markdown(["stage", "s"], [["read", 1.23456], ["a longer name", 12345.6], ["none", None]]).splitlines()
    assert lines == [
        "| stage         |     s |",
        "| ------------- | ----: |",
        "| read          | 1.235 |",
        "| a longer name | 12346 |",
        "| none          |     - |",
    ]


def test_options_after_two_dashes_go_to_the_fit(tmp_path):
    options = fidelity.parse(["shot", "--presets", "preview,high", "--", "--seed", "7"])
    assert options.presets == ["preview", "high"] and options.fit_options == ["--seed", "7"]
    options = speed.parse([str(tmp_path), "--growth", "views,lattice", "--factors", "0.5,1", "--", "--seed", "7"])
    request = speed.request_for(options, tmp_path / "out")
    assert request.seed == 7 and request.preset == "standard" and options.growth == ["views", "lattice"]
    with pytest.raises(SystemExit):
        speed.parse(["shot", "--growth", "weather"])


@pytest.mark.parametrize(("share", "expected"), [(1.0, "abcdefgh"), (0.5, "aceg"), (0.25, "ae"), (0.01, "ae")])
def test_a_share_of_the_views_is_spread_evenly(share, expected):
    assert "".join(growth.every(list("abcdefgh"), share)) == expected


def test_finer_photos_change_the_photos_alone():
    finer = growth.finer_photos(SETTINGS, 2.0)
    assert finer.capture.max_side == 2 * SETTINGS.capture.max_side
    for before, after in zip(SETTINGS.surface.passes, finer.surface.passes, strict=True):
        assert after.side == 2 * before.side and after.refine == before.refine
    assert finer.surface.triangles == SETTINGS.surface.triangles and finer.texture == SETTINGS.texture


def test_a_finer_lattice_changes_the_lattice_and_the_surface_alone():
    finer = growth.finer_lattice(SETTINGS, 2.0)
    assert finer.surface.triangles == 4 * SETTINGS.surface.triangles
    for before, after in zip(SETTINGS.surface.lattices, finer.surface.lattices, strict=True):
        assert after.dmtet.resolution == 2 * before.dmtet.resolution and after.side == before.side
    assert finer.capture == SETTINGS.capture and finer.surface.passes == SETTINGS.surface.passes


@pytest.fixture
def fake_backend(tmp_path, monkeypatch):
    """A backend that holds 100 MiB for a moment; it fails where the capture is called broken."""
    (tmp_path / "backend").mkdir()
    (tmp_path / "backend" / "__init__.py").touch()
    (tmp_path / "backend" / "__main__.py").write_text(
        "import sys, time\nheld = bytearray(100 * 2**20)\nheld[::4096] = b'x' * len(held[::4096])\n"
        "time.sleep(0.2)\nsys.exit('broken' in sys.argv[2])\n"
    )
    monkeypatch.setattr(fit_process, "ROOT", tmp_path)
    return tmp_path


def test_a_fit_is_measured_from_outside(fake_backend):
    run = fit_process.run_fit(fake_backend / "capture", fake_backend / "out", ["--preset", "preview"])
    assert 0.2 < run.seconds < 30
    assert run.peak_mb is None or 100 < run.peak_mb < 150  # not this process's, which has loaded torch


def test_a_failed_fit_ends_the_benchmark_with_its_command(fake_backend):
    with pytest.raises(SystemExit, match=r"broken --out .* --seed 3"):
        fit_process.run_fit(fake_backend / "broken", fake_backend / "out", ["--seed", "3"])


def test_a_stored_result_is_scored(tmp_path, capsys):
    (tmp_path / "photos").mkdir()
    result = subjects.result(tmp_path / "photos")
    write_result(tmp_path / "head", result)
    maps = fidelity.load_textured(tmp_path / "head").maps
    np.testing.assert_allclose(maps.confidence, result.textured.maps.confidence, atol=0.501 / 255)
    fidelity.main([str(tmp_path), "--score", str(tmp_path / "head")])
    header, _, row = capsys.readouterr().out.strip().splitlines()
    assert "chamfer mm" in header and str(len(result.textured.surface.faces)) in row
