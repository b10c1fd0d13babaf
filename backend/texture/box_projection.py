"""The plain parameterization for when unwrapping fails: patches seen along the six axes, on shelves."""

import numpy as np

from .charts import connected_labels, face_neighbors


def project_boxes(vertices: np.ndarray, faces: np.ndarray, size: int, gutter: int) -> tuple[np.ndarray, np.ndarray]:
    """vertices (V, 3), faces (F, 3) -> uvs (U, 2) float32 in [0, 1] and faces (F, 3) into them.

    Charts keep `gutter` texels of a `size` map around them, fewer only where thousands of charts leave no room.
    """
    corners = vertices[faces].astype(np.float64)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    axis = np.argmax(np.abs(normals), 1)
    backwards = normals[np.arange(len(faces)), axis] < 0
    labels = connected_labels(axis * 2 + backwards, face_neighbors(faces))
    keys = labels[:, None].astype(np.int64) * len(vertices) + faces
    unique, uv_faces = np.unique(keys, return_inverse=True)
    uv_faces = uv_faces.reshape(-1, 3)
    charts, points = unique // len(vertices), vertices[unique % len(vertices)].astype(np.float64)
    count = int(charts.max()) + 1
    chart_axis, mirrored = np.zeros(count, np.int64), np.zeros(count, bool)
    chart_axis[labels], mirrored[labels] = axis, backwards
    rows = np.arange(len(points))
    x = points[rows, (chart_axis[charts] + 1) % 3] * np.where(mirrored[charts], -1, 1)
    flat = np.stack([x, points[rows, (chart_axis[charts] + 2) % 3]], 1)
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    np.minimum.at(low, charts, flat)
    np.maximum.at(high, charts, flat)
    offsets, scale, gap = _shelve(high - low, size, gutter)
    uvs = ((flat - low[charts]) * scale + offsets[charts] + gap) / size
    return np.clip(uvs, 0.0, 1.0).astype(np.float32), uv_faces.astype(np.int32)


def _shelve(extents: np.ndarray, size: int, gutter: int) -> tuple[np.ndarray, float, float]:
    """extents (C, 2) -> lower left corners (C, 2) in texels, texels per unit, and the gutter that was kept."""
    gap = float(min(gutter, size / (6.0 * np.sqrt(len(extents)))))
    low, high = 0.0, size / max(float(extents.max()), 1e-20)
    best = np.zeros_like(extents)
    for _ in range(30):
        scale = 0.5 * (low + high)
        corners = _shelf_corners(extents * scale + 2 * gap, size)
        if corners is None:
            high = scale
        else:
            low, best = scale, corners
    return best, low, gap


def _shelf_corners(boxes: np.ndarray, size: int) -> np.ndarray | None:
    """Next-fit shelves, tallest first; None where they do not fit."""
    corners = np.zeros_like(boxes)
    x = y = shelf = 0.0
    for box in np.argsort(-boxes[:, 1], kind="stable"):
        width, height = boxes[box]
        if x + width > size:
            x, y, shelf = 0.0, y + shelf, 0.0
        if x + width > size or y + height > size:
            return None
        corners[box] = x, y
        x, shelf = x + width, max(shelf, height)
    return corners
