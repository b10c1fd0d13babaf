import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from backend.scene import Surface
from backend.texture import TextureConfig, Unwrapping
from tests.processes import all_end
from tests.texture.subjects import sphere

ROOT = Path(__file__).resolve().parents[2]


def test_atlas_rows_belong_to_the_surface_rows():
    surface = sphere()
    with Unwrapping(surface, TextureConfig(size=512)) as unwrapping:
        atlas = unwrapping.result(60.0)
    assert unwrapping.warning is None
    assert atlas.faces.shape == surface.faces.shape and atlas.faces.dtype == np.int32
    assert atlas.uvs.dtype == np.float32 and atlas.uvs.min() >= 0 and atlas.uvs.max() <= 1
    place = np.full((len(atlas.uvs), 3), np.nan)
    place[atlas.faces.ravel()] = surface.vertices[surface.faces.ravel()]
    np.testing.assert_array_equal(place[atlas.faces], surface.vertices[surface.faces])


def test_a_late_answer_becomes_a_box_projection_with_a_warning():
    surface = sphere()
    start = time.monotonic()
    with Unwrapping(surface) as unwrapping:
        atlas = unwrapping.result(0.0)
    assert time.monotonic() - start < 5.0
    assert "longer than 0 seconds" in unwrapping.warning
    assert atlas.faces.shape == surface.faces.shape


def test_a_crash_becomes_a_box_projection_with_a_warning():
    surface = sphere(1)
    unwrapping = Unwrapping(surface)
    unwrapping._process.kill()
    atlas = unwrapping.result(30.0)
    assert "ended with code" in unwrapping.warning
    assert atlas.faces.shape == surface.faces.shape


def test_a_mesh_that_cannot_be_unwrapped_tells_why():
    surface = sphere(1)
    faces = surface.faces.copy()
    faces[0, 0] = len(surface.vertices)  # no such vertex
    unwrapping = Unwrapping(Surface(surface.vertices, faces))
    unwrapping._thread.join(60.0)
    assert "IndexError" in unwrapping._reason(False, 60.0)
    unwrapping.close()


def test_closing_ends_the_process_and_twice_is_harmless():
    unwrapping = Unwrapping(sphere(1))
    unwrapping.close()
    unwrapping.close()
    assert unwrapping._process.poll() is not None


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")
def test_the_process_dies_with_its_parent():
    code = (
        "import time, numpy as np\n"
        "from backend.scene import Surface\n"
        "from backend.texture import Unwrapping\n"
        "grid = np.random.default_rng(0).normal(size=(60000, 3)).astype(np.float32)\n"
        "faces = np.random.default_rng(1).integers(0, 60000, (200000, 3)).astype(np.int32)\n"
        "print(Unwrapping(Surface(grid, faces))._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        child = int(parent.stdout.readline())
        os.kill(child, 0)  # it lives
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        assert all_end([child])
    finally:
        parent.kill()
        parent.stdout.close()
        parent.wait()
