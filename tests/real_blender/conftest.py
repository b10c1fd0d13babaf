"""A real Blender for the tests, with its window; they skip with a reason where there is none."""

import os
from pathlib import Path

import pytest
from PIL import Image

from installer.extension import build
from tests.real_blender import stage as stages
from tests.real_blender import window as windows

PICTURES = "LIKENESS_PANEL_PICTURES"  # a folder: the windows' pictures are put there


@pytest.fixture(scope="session")
def window() -> windows.Window:
    try:
        return windows.find()
    except windows.NoBlender as reason:
        pytest.skip(f"no real Blender: {reason}")


@pytest.fixture(scope="session")
def archive(tmp_path_factory) -> Path:
    return build(dist=tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def stage(window):
    """One for all tests: a user folder that has been used once starts in a fifth of the time."""
    built = stages.build(window)
    yield built
    built.clear()


@pytest.fixture
def play(window, stage, archive, tmp_path):
    """Play a scenario by its name, and hold everything that it checks."""

    def play_and_check(name: str, **how) -> dict:
        stage.set_up(**how)
        record = window.play(windows.scenario(name), stage.folder, archive, tmp_path)
        if PICTURES in os.environ:
            keep_pictures(record, tmp_path, Path(os.environ[PICTURES]))
        log = "\n".join(f"{seconds:7.2f} {text}" for seconds, text in record.get("log", ()))
        assert record["state"] == "ended", f"{record}\n{log}"
        assert [what for ok, what in record["checks"] if not ok] == [], log
        assert record["survivors"] == []
        return record

    return play_and_check


def keep_pictures(record: dict, taken: Path, folder: Path) -> None:
    """The sidebars of the pictures that were taken of the window, with a part of the 3D view beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (left, bottom, width, height) in record.get("sidebars", {}).items():
        picture = Image.open(taken / f"{name}.png").convert("RGB")
        top = picture.height - bottom - height
        shown = picture.crop((max(0, left - 2 * width), top, left + width, top + height))
        shown.quantize(128, dither=Image.Dither.NONE).save(folder / f"{name}.png", optimize=True)
