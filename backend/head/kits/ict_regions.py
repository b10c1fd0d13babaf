"""What each skin vertex of ICT-FaceKit belongs to, by the kit's landmarks and by where it lies on the mean."""

import numpy as np

from ...scene.head import EAR, FACE, LIPS, NECK, SCALP

# Vertices of the 68 landmarks that Multi-PIE (Gross et al. 2010) names, in its order; from the kit's README.
MULTI_PIE = (
    1225, 1888, 1052, 367, 1719, 1722, 2199, 1447, 966, 3661, 4390, 3927, 3924, 2608, 3272, 4088, 3443, 268, 493, 1914,
    2044, 1401, 3615, 4240, 4114, 2734, 2509, 978, 4527, 4942, 4857, 1140, 2075, 1147, 4269, 3360, 1507, 1542, 1537,
    1528, 1518, 1511, 3742, 3751, 3756, 3721, 3725, 3732, 5708, 5695, 2081, 0, 4275, 6200, 6213, 6346, 6461, 5518,
    5957, 5841, 5702, 5711, 5533, 6216, 6207, 6470, 5517, 5966,
)  # fmt: skip
OUTER_LIPS = MULTI_PIE[48:60]
SEAM = (MULTI_PIE[62], MULTI_PIE[66])  # the middle of the upper and of the lower lip, inside
JAW_RIGHT = (1280, 1278, 1272, 12, 1834, 243, 781, 2199, 1447, 966)  # from the ear to the chin
# Metres in the side view: (y backwards, z up). Hair grows above this line, which runs from the forehead over the
# temple and the ear down to the nape.
HAIRLINE = np.array(
    [(-0.115, 0.089), (-0.07, 0.080), (-0.045, 0.052), (-0.022, 0.042), (-0.01, 0.034), (0.024, 0.03), (0.032, -0.03),
     (0.06, -0.05), (0.1, -0.058)]
)  # fmt: skip
EAR_CENTER, EAR_RADII, EAR_TILT = (0.0085, 0.003), (0.019, 0.033), 0.26  # metres in the side view, radians
LOBE = -0.028  # metres: the ear's lower end; the cheek in front of an ear is no neck
EAR_DEPTH = 0.055  # metres from the middle plane: farther in, the head itself begins


def skin_regions(skin: np.ndarray) -> np.ndarray:
    """Vertices (V, 3) metres of the mean's skin, in the kit's order -> (V,) uint8 index into scene.head.REGIONS."""
    y, z = skin[:, 1], skin[:, 2]
    region = np.full(len(skin), FACE, np.uint8)
    jaw = skin[list(JAW_RIGHT)]
    order = np.argsort(jaw[:, 1])
    jaw_line = np.interp(y, jaw[order, 1], jaw[order, 2] - 0.006)
    region[z < np.minimum(jaw_line, LOBE)] = NECK
    hairline = np.interp(y, HAIRLINE[:, 0], HAIRLINE[:, 1])
    region[(z < hairline) & (y > EAR_CENTER[0])] = NECK
    region[z > hairline] = SCALP
    region[_in_ear(skin)] = EAR
    region[_in_lips(skin)] = LIPS
    return region


def _in_ear(skin: np.ndarray) -> np.ndarray:
    """A tilted ellipse in the side view, (V,) bool."""
    across, up = skin[:, 1] - EAR_CENTER[0], skin[:, 2] - EAR_CENTER[1]
    cosine, sine = np.cos(EAR_TILT), np.sin(EAR_TILT)
    along, beside = cosine * up + sine * across, cosine * across - sine * up
    inside = (along / EAR_RADII[1]) ** 2 + (beside / EAR_RADII[0]) ** 2 < 1
    return inside & (np.abs(skin[:, 0]) > EAR_DEPTH)


def _in_lips(skin: np.ndarray) -> np.ndarray:
    """Within the outline of the lips in the front view, on the face's front, (V,) bool."""
    outline = skin[list(OUTER_LIPS)]
    middle = outline.mean(0)
    outline = middle + (outline - middle) * 1.04  # the landmarks lie on the red itself
    start, end = outline[:, [0, 2]], np.roll(outline, -1, 0)[:, [0, 2]]
    x, z = skin[:, 0:1], skin[:, 2:3]
    crosses = (start[:, 1] > z) != (end[:, 1] > z)
    rise = np.where(end[:, 1] == start[:, 1], 1, end[:, 1] - start[:, 1])
    left_of = x < start[:, 0] + (z - start[:, 1]) * (end[:, 0] - start[:, 0]) / rise
    return (np.sum(crosses & left_of, 1) % 2 == 1) & (skin[:, 1] < outline[:, 1].max() + 0.01)
