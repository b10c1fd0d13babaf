"""What expressions pull at: the left half's points, landmarks on it, what the jaw carries. Centimeters.

Three tools for a displacement: pulls with a slow falloff about a landmark, as a muscle pulls where it enters skin;
lips, whose rings move by a profile from the face to the mouth's inside; and weights that spread over the mesh itself,
so that the lips part at their seam.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import diags
from scipy.sparse.linalg import splu

from .fields import FLIP, Graph, ramp
from .layout import BROW, MENTON, OPENINGS, SUBNASALE, TIP, Half

HINGE = np.array([0.0, -0.9, -0.7])  # of the jaw: the condyles lie 2 cm before and below the ear canals' line
_FIRMNESS = 0.3  # of the skin on jaw and skull: what lies deeper gives way less than the skin over it
CORNER = 0.35  # how much of the jaw's way the corner of the mouth goes
CHIN = MENTON + 2  # the row of the chin's foremost point
_GRID = {  # landmarks in the layout's grid: row, column
    "menton": (MENTON, 0), "chin": (CHIN, 0), "chin side": (CHIN, 4), "septum": (SUBNASALE, 0), "tip": (TIP, 0),
    "wing": (SUBNASALE + 3, 8), "fold": (SUBNASALE, 11), "bridge": (BROW - 8, 0), "flank": (BROW - 9, 4),
    "glabella": (BROW, 0), "brow head": (BROW + 1, 4), "brow arch": (BROW + 1, 12), "brow tail": (BROW + 1, 17),
    "cheekbone": (TIP + 2, 16), "cheek": (SUBNASALE - 2, 16), "jowl": (CHIN + 3, 14),
    "forehead": (BROW + 6, 3), "forehead side": (BROW + 5, 15),
}  # fmt: skip
_RINGS = {"corner": (6, 0.5), "lower lip": (4, 0.0), "upper lip": (4, 1.0), "seam": (6, 0.0)}  # of the mouth


@dataclass(frozen=True)
class Flesh:
    """The half's points (V, 3) and how they are laid out."""

    half: Half
    points: np.ndarray

    @cached_property
    def graph(self) -> Graph:
        """Who neighbors whom."""
        return Graph.of(self.half.quads, len(self.points))

    @cached_property
    def marks(self) -> dict[str, np.ndarray]:
        """Landmarks (3,) by name."""
        marks = {name: self.points[self.half.grid[place]] for name, place in _GRID.items()}
        mouth, eye = self.half.rings["mouth"], self.half.rings["eye"]
        marks |= {name: self.points[mouth[ring][int(at * (mouth.shape[1] - 1))]] for name, (ring, at) in _RINGS.items()}
        rim = self.points[np.roll(eye[OPENINGS["eye"].rim], OPENINGS["eye"].tall // 2)]
        quarter = len(rim) // 4
        names = ("inner canthus", "lower lid", "outer canthus", "upper lid")
        return marks | {name: rim[k * quarter] for k, name in enumerate(names)}

    @cached_property
    def lower(self) -> np.ndarray:
        """(V,) the jaw's share: 1 on what it carries, 0 on skull, nose, upper lip and neck, between on the cheeks."""
        mouth, (x, y, z) = self.half.rings["mouth"], self.points.T
        carried = (z < self.marks["lower lip"][2] - 0.7) & (z > self.marks["menton"][2] + 0.5) & (y < -5.5)
        carried |= (np.abs(z + 6.2 - 0.62 * (y + 2.8)) < 0.7) & (y < -3.3) & (x > 3.0) & (x < 7)  # along its edge
        held = (z > self.marks["septum"][2] + 0.4) & (y < -6.0)
        held |= (z > -1.8) | ((y > 0.3) & (z > -8.0)) | (z < -13.0) | (y > 1.5)
        value = np.where(carried & ~held, 1.0, 0.0)
        known = carried | held
        firm = np.where(known, _FIRMNESS, 0.0)
        for ring in mouth[2:]:
            firm[ring], value[ring] = 1e4, _jaw_share_of_lips(mouth.shape[1])
        return splu((self.graph.laplace + diags(firm)).tocsc()).solve(firm * value)

    @cached_property
    def lips(self) -> tuple[np.ndarray, np.ndarray]:
        """(V,) shares of the lower and of the upper lip with the skin about them; half each at the corner."""
        mouth = self.half.rings["mouth"]
        place = np.linspace(-1, 1, mouth.shape[1])  # -1 in the middle of the lower lip, 1 in that of the upper
        step = 0.5 + 0.5 * np.sign(place) * np.minimum(np.abs(place) / 0.25, 1) ** 0.5
        known = {vertex: share for ring in mouth[2:] for vertex, share in zip(ring, step, strict=True)}
        level = self.marks["corner"][2]
        beyond = np.setdiff1d(np.flatnonzero(np.abs(self.points[:, 2] - level) > 1.6), list(known))
        known |= {vertex: float(self.points[vertex, 2] > level) for vertex in beyond}
        upper = self.graph.diffused(np.array(list(known)), np.array(list(known.values())))
        return 1 - upper, upper

    @cached_property
    def free(self) -> np.ndarray:
        """(V,) 1 on the face, 0 on the back of the head, far down the neck, and on the lids' edges."""
        free = ramp(self.points[:, 1], 1.0, -5.0) * ramp(self.points[:, 2], -14.0, -9.5)
        rings, rim = self.half.rings["eye"], OPENINGS["eye"].rim
        for number, ring in enumerate(rings):
            free[ring] *= max(1 - number / rim, 0.0)
        free[self.half.caps["eye"]] = 0.0
        return free

    def near(self, mark: str, size: tuple | float, offset: tuple = (0, 0, 0)) -> np.ndarray:
        """About a landmark 1, falling off as slowly as skin does (V,): a quarter at 1.7 sizes, a tenth at 2.5."""
        squares = (((self.points - self.marks[mark] - np.asarray(offset)) / np.asarray(size)) ** 2).sum(-1)
        return self.free / (1 + squares / 3) ** 2

    def pull(self, mark: str, size: tuple | float, vector: tuple, offset: tuple = (0, 0, 0)) -> np.ndarray:
        """What a muscle does to the skin (V, 3) that enters it at a landmark, and its twin on the other side; size,
        vector, offset in centimeters."""
        here = self.near(mark, size, offset)[:, None] * np.asarray(vector)
        center = self.marks[mark] + np.asarray(offset)
        if center[0] == 0:
            return here
        squares = (((self.points * FLIP - center) / np.asarray(size)) ** 2).sum(-1)
        return here + (self.free / (1 + squares / 3) ** 2)[:, None] * np.asarray(vector) * FLIP

    def lip(self, upper: bool, profile: dict[int, tuple], reach: float = 2.4, corner: float = 0.0) -> np.ndarray:
        """One lip moved by a profile, the other held, the skin about them drawn along: (V, 3).

        profile: number of a ring of the mouth -> its displacement in the lip's middle, linear between the rings;
        corner: share of it that the corner of the mouth takes; reach: centimeters from the seam where nothing moves
        """
        mouth = self.half.rings["mouth"]
        place = np.linspace(-1, 1, mouth.shape[1]) * (1 if upper else -1)
        along = np.maximum(place, 0)
        taper = np.where(place >= 0, corner + (1 - corner) * (1 - (1 - along) ** 2), corner * (1 + place) ** 4)
        knots = sorted(profile)
        known: dict[int, np.ndarray] = {}
        for number in range(min(knots), len(mouth)):
            move = [np.interp(number, knots, [profile[k][axis] for k in knots]) for axis in range(3)]
            known |= {v: share * np.array(move) for v, share in zip(mouth[number], taper, strict=True)}
        away = self.points - self.marks["seam"]
        away[:, 0] = np.maximum(self.points[:, 0] - self.marks["corner"][0], 0)
        still = np.setdiff1d(np.flatnonzero(np.linalg.norm(away, axis=1) > reach), list(known))
        known |= dict.fromkeys(still, np.zeros(3))
        return self.graph.diffused(np.array(list(known)), np.array(list(known.values())))


def _jaw_share_of_lips(count: int) -> np.ndarray:
    """Along a ring of the mouth (count,), from the middle of the lower lip over the corner to that of the upper."""
    corner = count // 2
    along = np.abs(np.arange(count) / corner - 1)  # 0 in the corner, 1 in the middle
    oval = np.sqrt(1 - (1 - along) ** 2)
    return np.where(np.arange(count) < corner, CORNER + (1 - CORNER) * oval, CORNER * (1 - oval))
