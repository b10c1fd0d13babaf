"""The space that a field fills."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from backend.fit.domain import make_domain
from backend.mesh.lattice import cube_centers
from backend.mesh.topology import is_closed
from backend.scene import Bounds, Capture, CutPlane
from tests.synthetic import RADII, off_the_ellipsoid, orbit


@pytest.fixture(scope="module")
def capture():
    return Capture(orbit(12, 96), Bounds(np.zeros(3), 1.0))


def test_no_cell_of_the_subject_is_ruled_out(capture):
    domain = make_domain(capture, 0.0)
    centers = cube_centers(len(domain.possible), domain.extent).reshape(-1, 3)
    subject = (np.linalg.norm(centers / RADII, axis=1) < 1).reshape(domain.possible.shape)
    assert domain.possible[subject].all()
    assert domain.possible.sum() < 2.5 * subject.sum()  # and little else is possible
    assert ndimage.label(domain.possible)[1] == 1  # in one piece


def test_hull_is_closed_and_encloses_the_subject(capture):
    hull = make_domain(capture, 0.0).hull
    off = off_the_ellipsoid(hull.vertices)
    assert is_closed(hull)
    assert off.min() > -0.03 and np.median(off) < 0.05


def test_what_lies_beyond_the_cut_belongs_to_the_domain(capture):
    cut = CutPlane(np.array([0.0, 0.0, -0.2]), np.array([0.0, 0.0, -1.0]))
    domain = make_domain(replace(capture, cut=cut), 0.0)
    assert domain.extent > make_domain(capture, 0.0).extent
    assert domain.hull.vertices[:, 2].min() < -0.5
