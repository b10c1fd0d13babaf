import numpy as np
import pytest
from portraits import needs_mediapipe

from backend.head.faces import regions


def test_mirroring_twice_changes_nothing_and_keeps_the_middle():
    assert (regions.MIRROR[regions.MIRROR] == np.arange(478)).all()
    assert set(np.nonzero(regions.SIDE == 0)[0]) == set(regions.MIDDLE)
    assert regions.MIRROR[regions.RIGHT_OUTER] == regions.LEFT_OUTER
    assert regions.MIRROR[regions.RIGHT_IRIS_CENTER] == regions.LEFT_IRIS_CENTER


@pytest.mark.parametrize("line", [regions.OVAL, regions.LIPS, regions.MOUTH, regions.NOSE])
def test_regions_across_the_middle_are_symmetric(line):
    assert len(set(line)) == len(line) and set(regions.mirrored(line)) == set(line)


@needs_mediapipe
@pytest.mark.filterwarnings("ignore")
def test_regions_hold_the_points_that_mediapipe_names():
    from mediapipe.python.solutions import face_mesh_connections as theirs

    def points(edges):
        return {point for edge in edges for point in edge}

    assert points(theirs.FACEMESH_FACE_OVAL) == set(regions.OVAL)
    assert points(theirs.FACEMESH_LIPS) == {*regions.LIPS, *regions.MOUTH}
    assert points(theirs.FACEMESH_LEFT_EYE) == set(regions.LEFT_EYE)
    assert points(theirs.FACEMESH_RIGHT_EYE) == set(regions.RIGHT_EYE)
    assert points(theirs.FACEMESH_LEFT_EYEBROW) == set(regions.LEFT_BROW)
    assert points(theirs.FACEMESH_RIGHT_IRIS) == set(regions.RIGHT_IRIS)
    neighbors = {frozenset(edge) for edge in theirs.FACEMESH_TESSELATION}
    mirrored = {frozenset(int(regions.MIRROR[point]) for point in edge) for edge in neighbors}
    assert len(neighbors & mirrored) > 0.98 * len(neighbors)
