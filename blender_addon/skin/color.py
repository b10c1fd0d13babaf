"""sRGB, linear light and CIE Lab. Arrays (..., 3) float; the white of all three is D65 = linear (1, 1, 1).

Sources: IEC 61966-2-1 (sRGB's curve and primaries), CIE 15:2004, 8.2.1 (Lab and the distance Delta E*ab).
"""

import numpy as np

_PRIMARIES = np.array([
    [0.4123907993, 0.3575843394, 0.1804807884],
    [0.2126390059, 0.7151686788, 0.0721923154],
    [0.0193308187, 0.1191947798, 0.9505321522],
])  # fmt: skip
XYZ_OF_LINEAR = _PRIMARIES / _PRIMARIES.sum(1, keepdims=True)  # (3, 3): white becomes (1, 1, 1), not D65's XYZ
LINEAR_OF_XYZ = np.linalg.inv(XYZ_OF_LINEAR)
# L, a, b = LAB_OF_ROOTS @ (f(X), f(Y), f(Z)) - (LIGHTNESS_OFFSET, 0, 0), where f is nearly the cube root.
LAB_OF_ROOTS = np.array([[0.0, 116.0, 0.0], [500.0, -500.0, 0.0], [0.0, 200.0, -200.0]])
ROOTS_OF_LAB = np.linalg.inv(LAB_OF_ROOTS)
LIGHTNESS_OFFSET = 16.0
_KNEE = 6 / 29  # where f turns from the cube root into a straight line, so that black has a slope


def linear_of_srgb(srgb: np.ndarray) -> np.ndarray:
    """Decode sRGB's curve."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((np.maximum(srgb, 0.0) + 0.055) / 1.055) ** 2.4)


def srgb_of_linear(linear: np.ndarray) -> np.ndarray:
    """Encode with sRGB's curve."""
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 0.0) ** (1 / 2.4) - 0.055)


def lab_of_linear(linear: np.ndarray) -> np.ndarray:
    """L in [0, 100] and a, b."""
    xyz = np.asarray(linear) @ XYZ_OF_LINEAR.T
    roots = np.where(xyz > _KNEE**3, np.cbrt(xyz), xyz / (3 * _KNEE**2) + 4 / 29)
    return roots @ LAB_OF_ROOTS.T - [LIGHTNESS_OFFSET, 0.0, 0.0]


def linear_of_lab(lab: np.ndarray) -> np.ndarray:
    """The inverse of lab_of_linear; colors out of sRGB's reach leave [0, 1]."""
    roots = (np.asarray(lab) + [LIGHTNESS_OFFSET, 0.0, 0.0]) @ ROOTS_OF_LAB.T
    xyz = np.where(roots > _KNEE, roots**3, 3 * _KNEE**2 * (roots - 4 / 29))
    return xyz @ LINEAR_OF_XYZ.T
