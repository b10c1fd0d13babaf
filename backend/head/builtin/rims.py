"""The lines that the layout is pinned to: lips, nostrils, the crease behind the nose's wing, profiles. Centimeters."""

import numpy as np

from .solids import curve

# front of the lips' seam, and the borders of the red, as x, z from the middle to the corner of the mouth
SEAM = [(0, -5.10), (0.6, -5.07), (1.3, -5.11), (2.0, -5.17), (2.55, -5.16)]
UPPER_BORDER = [(0, -4.33), (0.5, -4.24), (1.3, -4.53), (2.1, -4.90), (2.72, -5.14)]
LOWER_BORDER = [(0, -6.00), (0.6, -5.95), (1.3, -5.77), (2.0, -5.50), (2.72, -5.19)]
# over the nose's tip and wing, as x, z from the middle outwards
WING = [(0, -1.65), (0.5, -1.63), (0.95, -1.57), (1.3, -1.56), (1.65, -1.68), (1.9, -1.92)]
# x, y of the middle, half axes, direction of the long one
NOSTRIL = (np.array([0.70, -11.14]), 0.44, 0.24, np.radians(116))


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
