"""Expressions of the lips: gathered, rolled in, shrugged, pressed, raised and lowered."""

import numpy as np

from .expression_flesh import Flesh

_REST = {10: (0, 0, 0)}  # of the mouth's rings: what lies behind the gums stays


def funnel(f: Flesh) -> np.ndarray:
    """The lips turn out and part, as for "oh"."""
    upper = {0: (0, -0.45, 0), 3: (0, -0.75, 0.35), 6: (0, -0.78, 0.72), 8: (0, -0.5, 0.6)}
    lower = {0: (0, -0.3, -0.3), 3: (0, -0.45, -0.7), 6: (0, -0.70, -0.90), 8: (0, -0.5, -0.7)}
    return f.lip(True, upper | _REST, 3.4, 0.5) + f.lip(False, lower | _REST, 3.4, 0.5) + _gathered(f, 0.55)


def pucker(f: Flesh) -> np.ndarray:
    """The ring muscle gathers the lips before the teeth, as for a kiss."""
    upper = {0: (0, -0.1, 0.05), 3: (0, -0.30, 0.30), 6: (0, -0.15, 0.05), 8: (0, -0.1, 0)}
    lower = {0: (0, -0.1, -0.05), 3: (0, -0.30, -0.25), 6: (0, -0.15, -0.02), 8: (0, -0.1, 0)}
    lips = f.lip(True, upper | _REST, 2.8, 0.5) + f.lip(False, lower | _REST, 2.8, 0.5)
    return lips + _gathered(f, 0.85) + f.pull("seam", (2.0, 1.8, 1.4), (0, -0.40, 0))


def _gathered(f: Flesh, size: float) -> np.ndarray:
    """The corners of the mouth and the cheeks beside them come to the middle, to the front and a little up."""
    corner = f.pull("corner", (0.9, 1.6, 1.2), (-0.40, -0.55, 0.10), (-0.1, 0, 0))
    return size * (corner + f.pull("corner", (1.6, 2.4, 1.7), (-0.42, -0.42, 0.30), (1.4, 0, -0.2)))


def roll_lower(f: Flesh) -> np.ndarray:
    """The lower lip rolls over the teeth into the mouth, and draws the chin's skin up."""
    lip = {
        0: (0, -0.22, 0.70),
        1: (0, -0.10, 0.80),
        3: (0, 0.38, 0.88),
        6: (0, 0.75, 0.30),
        7: (0, 0.5, 0),
        8: (0, 0.22, -0.1),
    }
    return f.lip(False, lip | _REST, 4.2, 0.1) + f.pull("chin", (1.6, 1.6, 0.9), (0, -0.12, 0.12), (0, 0, 1.0))


def roll_upper(f: Flesh) -> np.ndarray:
    """The upper lip rolls over the teeth into the mouth, and draws the skin under the nose down."""
    lip = {
        0: (0, 0.08, -0.45),
        1: (0, 0.16, -0.60),
        3: (0, 0.55, -0.68),
        6: (0, 0.72, -0.20),
        7: (0, 0.5, 0),
        8: (0, 0.22, 0.05),
    }
    return f.lip(True, lip | _REST, 3.2, 0.15)


def shrug_lower(f: Flesh) -> np.ndarray:
    """The chin's muscle pushes chin and lower lip up, and the lip out."""
    profile = {0: (0, -0.15, 0.35), 3: (0, -0.35, 0.35), 6: (0, -0.35, 0.28), 8: (0, -0.2, 0.2)}
    return f.lip(False, profile | _REST, 3.4, 0.15) + f.pull("chin", (1.9, 1.6, 1.3), (0, -0.28, 0.62), (0, 0, 0.4))


def shrug_upper(f: Flesh) -> np.ndarray:
    """The upper lip rises towards the nose, as if pushed from below."""
    profile = {0: (0, 0, 0.35), 3: (0, -0.06, 0.52), 6: (0, -0.08, 0.50), 8: (0, 0, 0.4)}
    return f.lip(True, profile | _REST, 2.6, 0.1)


def press(f: Flesh) -> np.ndarray:
    """The lips are pressed on one another; the chin bulges."""
    upper = {1: (0, -0.02, -0.08), 3: (0, 0, -0.16), 6: (0, 0.06, -0.10), 8: (0, 0.04, 0)}
    lower = {1: (0, -0.06, 0.24), 3: (0, -0.06, 0.26), 6: (0, 0.02, -0.06), 8: (0, 0.0, 0)}
    chin = f.pull("chin side", (1.9, 1.8, 1.3), (0, -0.28, 0.38), (0.3, 0, 0))
    return f.lip(True, upper | _REST, 2.6, 0.4) + f.lip(False, lower | _REST, 3.2, 0.4) + chin


def upper_up(f: Flesh) -> np.ndarray:
    """The levator lifts the upper lip beside the middle, and the fold by the nose's wing."""
    upper = f.lips[1][:, None]
    return (upper * f.pull("upper lip", (1.3, 1.4, 0.9), (0.04, 0.02, 0.54), (1.3, 0, 0))
            + f.pull("fold", (1.2, 1.6, 1.4), (0.16, -0.16, 0.56), (0, 0, 0.5))
            + f.pull("wing", (0.8, 1.1, 0.8), (0.10, 0.14, 0.16)))  # fmt: skip


def lower_down(f: Flesh) -> np.ndarray:
    """The depressor lowers the lower lip beside the middle."""
    lower = f.lips[0][:, None]
    return lower * (f.pull("lower lip", (1.2, 1.4, 0.9), (0.10, 0.06, -0.40), (1.1, 0, 0.2))
                    + f.pull("chin side", (1.4, 1.5, 1.1), (0.08, 0.18, -0.34), (-0.3, 0, 0.6)))  # fmt: skip
