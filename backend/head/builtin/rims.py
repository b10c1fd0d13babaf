"""The lines that the layout is pinned to: lips, nostrils, the crease behind the nose's wing, profiles. Centimeters."""

import numpy as np

from .solids import curve

# front of the lips' seam, and the borders of the red, as x, z from the middle to the corner of the mouth
SEAM = [(0, -5.93), (0.6, -5.89), (1.3, -5.93), (2.0, -5.96), (2.55, -5.92)]
UPPER_BORDER = [(0, -5.10), (0.5, -4.99), (1.3, -5.30), (2.1, -5.66), (2.72, -5.90)]
LOWER_BORDER = [(0, -6.80), (0.7, -6.76), (1.5, -6.52), (2.2, -6.22), (2.72, -5.95)]
# over the nose's tip and wing, as x, z from the middle outwards
WING = [(0, -2.4), (0.5, -2.37), (0.95, -2.27), (1.3, -2.23), (1.65, -2.32), (1.9, -2.55)]
NOSTRIL = (
    np.array([0.70, -10.42]),
    0.46,
    0.25,
    np.radians(116),
)  # x, y of the middle, half axes, direction of the long one


def along(knots: list, edges: int) -> np.ndarray:
    """A smooth curve through knots (K, D), resampled to even length (edges + 1, D)."""
    fine = curve(knots, 200)
    walked = np.append(0, np.cumsum(np.linalg.norm(np.diff(fine, axis=0), axis=1)))
    at = np.linspace(0, walked[-1], edges + 1)
    return np.stack([np.interp(at, walked, column) for column in fine.T], 1)


def lip_path(lower: list, upper: list, edges: int) -> np.ndarray:
    """x, z (2 edges + 1, 2) from the middle of the lower line over the corner to the middle of the upper one."""
    return np.concatenate([along(lower, edges), along(upper, edges)[-2::-1]])


def nostril(wide: int, tall: int, larger: float = 0.0) -> np.ndarray:
    """x, y (N, 2) of the nostril's rim, counter-clockwise as seen from below, from its inner back corner.

    larger: centimeters by which the rim is widened
    """
    middle, long, short, tilt = NOSTRIL
    count = 2 * (wide + tall)
    angle = np.radians(225) + np.arange(count) * 2 * np.pi / count - tilt  # seen from below: +X right, -Y up
    ellipse = np.stack([(long + larger) * np.cos(angle), (short + larger) * np.sin(angle)], 1)
    turned = ellipse @ np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    return middle + turned * np.array([1.0, -1.0])


def traced(distance, points: np.ndarray, way: tuple[float, float, float], rounds: int = 80) -> np.ndarray:
    """Points (N, 3) outside moved along `way` until they meet the surface."""
    for _ in range(rounds):
        points = points + 0.8 * distance(points)[:, None] * np.asarray(way)
    return points
