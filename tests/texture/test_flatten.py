import numpy as np
import pytest

from backend.texture.flatten import broken_charts, flatten, signed_areas
from tests.texture.subjects import sphere


def sheet(bend: float, side: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """A square sheet rolled around the Y axis by `bend` radians: developable, its area stays 1."""
    u, v = np.meshgrid(np.linspace(0, 1, side), np.linspace(0, 1, side))
    if bend:
        points = np.stack([np.sin(bend * u) / bend, v, np.cos(bend * u) / bend], -1)
    else:
        points = np.stack([u, v, 0 * u], -1)
    corner = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).ravel()
    faces = np.concatenate([
        np.stack([corner, corner + 1, corner + side], 1), np.stack([corner + 1, corner + side + 1, corner + side], 1),
    ])  # fmt: skip
    return points.reshape(-1, 3), faces


@pytest.mark.parametrize("bend", [0.0, 1.5, 2.5])  # radians
def test_a_rolled_sheet_is_laid_flat_without_stretch(bend):
    vertices, faces = sheet(bend)
    layout = flatten(vertices, faces, np.zeros(len(faces), int))
    true = np.linalg.norm(np.cross(*np.moveaxis(vertices[faces[:, 1:]] - vertices[faces[:, :1]], 1, 0)), axis=1) / 2
    np.testing.assert_allclose(signed_areas(layout.uvs[layout.faces]), true, rtol=0.02)
    assert not len(broken_charts(layout, vertices, faces, np.zeros(len(faces), int)))


def test_a_closed_surface_in_one_chart_is_called_broken():
    surface = sphere(2)
    labels = np.zeros(len(surface.faces), int)
    layout = flatten(surface.vertices, surface.faces, labels)
    assert broken_charts(layout, surface.vertices, surface.faces, labels).tolist() == [0]


def test_a_sheet_that_overlaps_itself_is_called_broken():
    vertices, faces = sheet(0.0, side=40)
    angle = vertices[:, 0] * 7.5  # a flat ring of more than a full turn
    radius = 1 + 0.2 * vertices[:, 1]
    ring = np.stack([radius * np.cos(angle), -radius * np.sin(angle), 0 * angle], 1)
    labels = np.zeros(len(faces), int)
    layout = flatten(ring, faces[:, ::-1] if signed_areas(ring[faces][..., :2]).mean() < 0 else faces, labels)
    assert broken_charts(layout, ring, layout.faces, labels).tolist() == [0]
