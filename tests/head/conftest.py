"""Makes the test faces importable whatever folder pytest runs from."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def front():
    """The demo bust from the front, its one face, and the masks around it."""
    from portraits import HAS_MEDIAPIPE, bust

    if not HAS_MEDIAPIPE:
        pytest.skip("mediapipe is not installed")
    from backend.head.faces.landmarks import find_faces
    from backend.head.faces.segments import segment_face

    photo = bust(0)
    (face,) = find_faces(photo)
    return photo, face, segment_face(photo, face)
