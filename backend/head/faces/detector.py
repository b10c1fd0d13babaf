"""mediapipe's bundled models, loaded once a process: two detectors of faces, and the mesh of 478 points.

Its wheel carries the models, so nothing is downloaded; it has no wheel for every Python (FIELD_NOTES). The newer
FaceLandmarker reads a file `face_landmarker.task`, which who wants it brings along; it is read here and handed on
as a buffer, because mediapipe cannot open paths with letters beyond ASCII on Windows.
"""

import importlib.util
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from ...errors import UserError
from .silence import silenced, unwarned

# Both take (H, W, 3) uint8 sRGB. Boxes: (N, 5) left, top, width, height in pixels, score. Meshes: one (478, 3) array
# for each face, pixels; the third column is the depth, growing away from the camera.
BoxFinder = Callable[[np.ndarray], np.ndarray]
MeshFinder = Callable[[np.ndarray], list[np.ndarray]]

_SURE = 0.5  # score of a detection
_MESH_SURE = 0.3  # the same inside a crop that is known to hold a face
_FACES = 2  # meshes looked for in one crop: a neighbor may come first
_BLANK = np.zeros((64, 64, 3), np.uint8)


def has_face_finder() -> bool:
    """Whether mediapipe, and with it a finder of landmarks, is installed."""
    return importlib.util.find_spec("mediapipe") is not None


@cache
def box_finders() -> tuple[BoxFinder, BoxFinder]:
    """The detectors for faces near the camera (up to 2 m) and far from it (up to 5 m)."""
    _require()
    with unwarned(), silenced():
        from mediapipe.python.solutions.face_detection import FaceDetection

        models = [FaceDetection(min_detection_confidence=_SURE, model_selection=n) for n in (0, 1)]
        for model in models:
            model.process(_BLANK)  # its first run is the one that talks
    return _boxes_of(models[0]), _boxes_of(models[1])


def _boxes_of(model) -> BoxFinder:
    def find(picture: np.ndarray) -> np.ndarray:
        height, width = picture.shape[:2]
        with unwarned():
            found = model.process(picture).detections or ()
        rows = []
        for one in found:
            box = one.location_data.relative_bounding_box
            rows.append((box.xmin * width, box.ymin * height, box.width * width, box.height * height, one.score[0]))
        return np.array(rows, np.float64).reshape(-1, 5)

    return find


@cache
def mesh_finder(model: Path | None = None) -> MeshFinder:
    """The mesh of 478 points: by the FaceLandmarker file `model` where given and usable, else by the bundled model."""
    _require()
    with unwarned(), silenced():
        found = None if model is None else _task_mesh(model)
        return found or _bundled_mesh()


def _bundled_mesh() -> MeshFinder:
    from mediapipe.python.solutions.face_mesh import FaceMesh

    model = FaceMesh(
        static_image_mode=True, max_num_faces=_FACES, refine_landmarks=True, min_detection_confidence=_MESH_SURE
    )
    model.process(_BLANK)

    def find(picture: np.ndarray) -> list[np.ndarray]:
        with unwarned(), silenced():  # the first face that it ever finds makes it talk
            faces = model.process(picture).multi_face_landmarks or ()
        return [_to_pixels(face.landmark, picture) for face in faces]

    return find


def _task_mesh(path: Path) -> MeshFinder | None:
    """None where the file is missing or no model that this mediapipe reads."""
    try:
        from mediapipe import Image, ImageFormat
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=path.read_bytes()),
            num_faces=_FACES,
            min_face_detection_confidence=_MESH_SURE,
        )
        model = vision.FaceLandmarker.create_from_options(options)
    except (ImportError, OSError, RuntimeError, ValueError):
        return None

    def find(picture: np.ndarray) -> list[np.ndarray]:
        with unwarned(), silenced():
            result = model.detect(Image(image_format=ImageFormat.SRGB, data=np.ascontiguousarray(picture)))
        return [_to_pixels(face, picture) for face in result.face_landmarks]

    return find


def _to_pixels(landmarks, picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape[:2]  # the depth is in units of the width
    return np.array([(p.x * width, p.y * height, p.z * width) for p in landmarks])


def _require() -> None:
    if not has_face_finder():
        raise UserError(
            "Finding faces needs mediapipe, which is not installed. Set up with Python 3.10 to 3.12 (install.py), "
            "or click the points by hand."
        )
