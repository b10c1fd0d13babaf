"""The auricle: closed loops from its root on the head over the helix into the concha. Centimeters, the left ear.

Ear axes: u backwards along the ear's plate, v upwards, w outwards from it; the origin at the ear canal. A loop is
given by its distance from MIDDLE and its height w at some directions (degrees from +u towards +v); length 6.2 cm,
breadth 3.5 cm and the angle to the head follow Farkas 1994.
"""

import numpy as np
from scipy.interpolate import CubicSpline

CENTER = np.array([6.85, 0.15, -0.1])
MIDDLE = np.array([0.45, -0.05])  # u, v
FLARE, TILT = np.radians(24), np.radians(12)  # how far the plate stands off the head, how far its top leans back
SPLIT = (228.0, 305.0, 430.0, 485.0)  # directions of the corners of the opening's rectangle, from the lower front one
# direction            0     30    60    85    108   130   155   180   205   228   250   272   300   330
DIRECTIONS = np.array([0, 30, 60, 85, 108, 130, 155, 180, 205, 228, 250, 272, 300, 330])
RADII = np.array([
    (0.95, 1.10, 1.55, 2.05, 2.45, 2.15, 1.80, 1.62, 1.62, 1.85, 2.35, 2.25, 1.50, 1.02),  # root
    (1.45, 1.65, 2.15, 2.50, 2.55, 2.05, 1.60, 1.40, 1.42, 1.66, 2.28, 2.55, 1.90, 1.40),  # back of the auricle
    (1.98, 2.20, 2.66, 2.98, 2.66, 1.98, 1.42, 1.20, 1.24, 1.52, 2.22, 2.86, 2.32, 1.90),  # outer edge of the helix
    (1.90, 2.12, 2.58, 2.88, 2.52, 1.80, 1.27, 1.05, 1.10, 1.38, 2.08, 2.72, 2.22, 1.82),  # its crest
    (1.68, 1.88, 2.32, 2.56, 2.20, 1.52, 1.08, 0.90, 0.97, 1.20, 1.86, 2.42, 2.00, 1.62),  # its inner edge
    (1.54, 1.74, 2.12, 2.30, 1.95, 1.32, 0.94, 0.80, 0.88, 1.08, 1.62, 2.05, 1.76, 1.46),  # scapha
    (1.24, 1.36, 1.58, 1.66, 1.48, 1.08, 0.82, 0.72, 0.80, 0.98, 1.36, 1.58, 1.40, 1.20),  # crest of the antihelix
    (1.02, 1.06, 1.14, 1.16, 1.06, 0.88, 0.72, 0.64, 0.72, 0.86, 1.06, 1.18, 1.12, 1.00),  # its fall into the concha
    (0.86, 0.88, 0.92, 0.94, 0.88, 0.75, 0.62, 0.55, 0.62, 0.74, 0.86, 0.94, 0.94, 0.86),  # foot of that wall
])  # fmt: skip
HEIGHTS = np.array([
    (0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00),  # laid on the head
    (0.22, 0.22, 0.22, 0.20, 0.12, 0.05, 0.03, 0.06, 0.02, 0.00, 0.02, 0.02, 0.12, 0.20),
    (0.52, 0.55, 0.56, 0.50, 0.36, 0.20, 0.12, 0.22, 0.08, 0.04, 0.10, 0.12, 0.32, 0.46),
    (0.68, 0.72, 0.74, 0.68, 0.52, 0.32, 0.22, 0.40, 0.18, 0.08, 0.24, 0.30, 0.48, 0.60),
    (0.62, 0.66, 0.68, 0.62, 0.48, 0.32, 0.24, 0.44, 0.20, 0.06, 0.30, 0.38, 0.48, 0.56),
    (0.40, 0.42, 0.42, 0.36, 0.30, 0.26, 0.16, 0.34, 0.12, 0.00, 0.30, 0.40, 0.42, 0.40),
    (0.64, 0.62, 0.50, 0.44, 0.34, 0.24, 0.06, 0.14, 0.00, -0.06, 0.34, 0.40, 0.52, 0.62),
    (0.40, 0.36, 0.22, 0.16, 0.16, 0.20, 0.00, -0.04, -0.12, -0.14, 0.16, 0.26, 0.36, 0.40),
    (0.04, 0.04, -0.02, -0.04, 0.02, 0.12, -0.06, -0.18, -0.20, -0.20, -0.04, 0.04, 0.06, 0.06),
])  # fmt: skip
FOLLOW = np.array([1, 0.8, 0.45, 0.3, 0.2, 0.12, 0.06, 0.03, 0])  # how far each loop rises with the root under it
FLOOR = -0.06  # height of the concha's floor
CANAL = (np.array([-0.1, -0.1]), 0.22, 0.40)  # its middle (u, v), radius and depth


def axes() -> np.ndarray:
    """Rows u, v, w (3, 3): unit and orthogonal."""
    back = np.array([np.sin(FLARE), np.cos(FLARE), 0.0])
    out = np.array([np.cos(FLARE), -np.sin(FLARE), 0.0])
    up = np.array([0.0, 0.0, 1.0])
    return np.stack([np.cos(TILT) * back - np.sin(TILT) * up, np.cos(TILT) * up + np.sin(TILT) * back, out])


def directions(wide: int, tall: int) -> np.ndarray:
    """Degrees (2 wide + 2 tall,) at which the loops' vertices lie, counter-clockwise from the lower front corner."""
    counts = (wide, tall, wide, tall)
    ends = (*SPLIT, SPLIT[0] + 360)
    sides = [np.linspace(a, b, n, endpoint=False) for a, b, n in zip(ends[:-1], ends[1:], counts, strict=True)]
    return np.concatenate(sides)


def around(table: np.ndarray, degrees: np.ndarray) -> np.ndarray:
    """Rows (R, K) given at DIRECTIONS -> smooth and periodic values (R, N) at degrees."""
    spline = CubicSpline(np.append(DIRECTIONS, 360), np.c_[table, table[:, :1]], axis=1, bc_type="periodic")
    return spline(degrees % 360)


def loops(wide: int, tall: int) -> np.ndarray:
    """(9, N, 3) from the root inwards, in ear axes; the root still at w = 0."""
    at = directions(wide, tall)
    radius, height = around(RADII, at), around(HEIGHTS, at)
    ray = np.stack([np.cos(np.radians(at)), np.sin(np.radians(at))], -1)
    return np.concatenate([MIDDLE + radius[..., None] * ray, height[..., None]], -1)


def laid(distance, local: np.ndarray) -> np.ndarray:
    """Points in ear axes moved along w onto the head's surface -> the head's frame (N, 3)."""
    points = CENTER + local @ axes() + 2.5 * axes()[2]
    for _ in range(60):
        points = points - 0.7 * distance(points)[:, None] * axes()[2]
    return points


def build(distance, wide: int, tall: int, spread) -> tuple[np.ndarray, np.ndarray]:
    """The loops (9, N, 3) and the concha's floor (tall + 1, wide + 1, 3) in the head's frame.

    spread maps a border (N, 2) to a block (tall + 1, wide + 1, 2) that it encloses.
    """
    local = loops(wide, tall)
    placed = CENTER + local @ axes()
    placed[0] = laid(distance, local[0])
    lift = FOLLOW[:, None] * ((placed[0] - CENTER) @ axes()[2])
    placed[1:] += np.where(lift > 0, lift, 0.5 * lift)[1:, :, None] * axes()[2]
    floor = spread(local[-1, :, :2])
    border = spread(np.repeat(local[-1, :, 2:], 2, 1))[..., 0]
    middle, wide_canal, deep = CANAL
    inside = np.linalg.norm(floor - middle, axis=-1)
    depth = border + FLOOR - deep * np.exp(-((inside / wide_canal) ** 2))
    rim = np.zeros(depth.shape, bool)
    rim[[0, -1]] = rim[:, [0, -1]] = True
    depth = np.where(rim, border, depth)
    return placed, CENTER + np.concatenate([floor, depth[..., None]], -1) @ axes()
