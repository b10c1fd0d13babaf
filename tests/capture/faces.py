"""A drawn face with landmarks that are known: enough of one for what is looked for around landmarks."""

import numpy as np
from scipy import ndimage

from backend.head.faces import regions
from backend.scene.face import FaceRecord

SIZE = 200
UNIT = 80.0  # pixels between the outer corners of the eyes
_SKIN = np.array([0.8, 0.6, 0.5])


def _ring(center, width: float, height: float, count: int) -> np.ndarray:
    """Points on an ellipse (count, 2), clockwise from the top."""
    angles = 2 * np.pi * np.arange(count) / count
    return np.asarray(center) + np.stack([width * np.sin(angles), -height * np.cos(angles)], -1)


def drawn_record(masks=None, confidence: float = 1.0) -> FaceRecord:
    """A face from the front in a picture of SIZE x SIZE; what no test looks at lies in its middle."""
    points = np.full((478, 2), SIZE / 2)
    parts = {
        regions.OVAL: _ring((100, 105), 62, 78, len(regions.OVAL)),
        regions.LIPS: _ring((100, 145), 20, 8, len(regions.LIPS)),
        regions.RIGHT_EYE: _ring((74, 85), 13, 6, len(regions.RIGHT_EYE)),
        regions.LEFT_EYE: _ring((126, 85), 13, 6, len(regions.LEFT_EYE)),
        regions.RIGHT_BROW: _ring((74, 66), 14, 3, len(regions.RIGHT_BROW)),
        regions.LEFT_BROW: _ring((126, 66), 14, 3, len(regions.LEFT_BROW)),
        regions.RIGHT_IRIS: _ring((74, 85), 4, 4, 4),
        regions.LEFT_IRIS: _ring((126, 85), 4, 4, 4),
    }
    for line, ring in parts.items():
        points[list(line)] = ring
    single = {
        regions.RIGHT_OUTER: (60, 85), regions.LEFT_OUTER: (140, 85), regions.FOREHEAD_TOP: (100, 27),
        regions.CHIN: (100, 183), regions.RIGHT_IRIS_CENTER: (74, 85), regions.LEFT_IRIS_CENTER: (126, 85),
        regions.NOSE_ROOT: (100, 85),
    }  # fmt: skip
    for number, place in single.items():
        points[number] = place
    return FaceRecord(points.astype(np.float32), np.ones(478, np.float32), np.zeros(478, np.float32), confidence, masks)


def drawn_face(seed: int = 0) -> np.ndarray:
    """(SIZE, SIZE, 3) sRGB: skin with some grain, dark eyes and brows, red lips."""
    rng = np.random.default_rng(seed)
    grain = 0.06 * ndimage.gaussian_filter(rng.normal(size=(SIZE, SIZE)), 1.0)
    photo = np.broadcast_to(_SKIN, (SIZE, SIZE, 3)).copy()
    rows, columns = np.indices((SIZE, SIZE)) + 0.5

    def ellipse(x, y, width, height):
        return ((columns - x) / width) ** 2 + ((rows - y) / height) ** 2 < 1

    for x in (74, 126):
        photo[ellipse(x, 85, 12, 5)] = [0.9, 0.9, 0.9]
        photo[ellipse(x, 85, 4, 4)] = [0.2, 0.25, 0.3]
        photo[ellipse(x, 66, 13, 2.5)] = [0.45, 0.33, 0.27]
    photo[ellipse(100, 145, 19, 7)] = [0.7, 0.4, 0.4]
    photo = ndimage.gaussian_filter(photo, (1.2, 1.2, 0)) + grain[..., None]  # no outline of a face is sharp
    return np.clip(photo, 0, 1).astype(np.float32)


def frame_pixels() -> np.ndarray:
    """(SIZE, SIZE) bool: the frames of glasses, two rims and the bridge between them."""
    rows, columns = np.indices((SIZE, SIZE)) + 0.5
    marked = (np.abs(rows - 80) < 1.5) & (np.abs(columns - 100) < 5)
    for x in (74, 126):
        radius = np.hypot(columns - x, rows - 88)
        marked |= np.abs(radius - 23) < 1.5
    return marked


def with_frames(photo: np.ndarray) -> np.ndarray:
    """The photo with glasses painted on."""
    return np.where(frame_pixels()[..., None], np.float32([0.15, 0.1, 0.08]), photo)
