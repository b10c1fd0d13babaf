"""Where the vertices of the layout lie: pinned to the lines of the features, relaxed between them on the surface.

Relaxation: a step of implicit smoothing (weights by the wanted lengths of edges, so that quads are even and small in
the face), then projection onto the signed distance; repeated. Centimeters.
"""

import numpy as np
from scipy.sparse import csc_matrix, diags
from scipy.sparse.linalg import splu

from . import ear, eye, rims, skin
from .blocks import spread, spread_half
from .layout import ALA, BROW, COLUMNS, MENTON, OPENINGS, ROWS, SUBNASALE, TIP, Half, border
from .solids import project

ROUNDS, STIFFNESS = 50, 0.06
# profiles that the relaxation starts from: row, then y and z (front, back) or x, y, z (side)
FRONT = np.array([(0, -4.9, -19.0), (9, -4.4, -10.6), (12, -6.6, -9.9), (15, -9.0, -9.4), (17, -9.9, -8.3),
                  (21, -9.7, -7.2), (26, -10.2, -5.1), (31, -9.9, -3.8), (33, -9.8, -3.1), (39, -11.4, -1.6),
                  (45, -9.6, 0.5), (50, -9.2, 2.1), (53, -9.1, 3.3), (62, -8.0, 8.2), (66, -6.2, 10.6)])  # fmt: skip
SIDE = np.array([(0, 9.6, 2.4, -17.6), (4, 6.6, 2.0, -15.2), (9, 5.4, 1.7, -9.5), (15, 5.8, 1.2, -6.5),
                 (21, 6.3, 0.6, -5.0), (31, 6.8, 0.4, -3.4), (36, 7.0, 0.3, -2.5), (50, 7.2, 0.3, 3.2),
                 (56, 7.3, 0.5, 6.0), (62, 6.5, 0.5, 9.0), (66, 5.5, 0.5, 10.6)])  # fmt: skip
BACK = np.array([(0, 6.6, -18.2), (8, 5.6, -11.5), (15, 5.6, -8.0), (31, 7.4, -4.0), (39, 8.4, -1.3), (50, 9.6, 3.5),
                 (60, 8.4, 8.4), (66, 6.6, 10.6)])  # fmt: skip
AZIMUTH = np.array([(0, 0), (6, 11), (18, 48), (29, 84), (35, 99), (48, 180)])  # column, degrees from the face's middle
PARTED = 0.004  # half the lips' distance at their seam
# rings of the mouth's inside: how far behind the seam, half height, width's factor, how much flatter than the seam, how
# much further back over the chin; the lips' edge, their back, the vestibule before the gums, its roof, cheeks, throat
BAG = ((0.35, 0.006, 1.0, 0.0, 0.0), (0.62, 0.16, 1.0, 0.0, 0.0), (0.95, 0.80, 1.0, -0.3, 0.30),
       (1.15, 1.58, 1.04, -0.8, 0.40), (2.6, 2.2, 1.46, -0.1, 0.0), (5.2, 2.0, 1.36, 0.85, 0.0))  # fmt: skip
THROAT = 0.35  # how much further the middle of the mouth's back lies
# wanted lengths of edges: column or row, centimeters
ACROSS = np.array([(0, 0.30), (18, 0.36), (24, 0.6), (30, 0.5), (35, 0.55), (40, 0.9), (48, 0.9)])
UPWARDS = np.array([(0, 0.95), (8, 0.75), (14, 0.5), (17, 0.36), (53, 0.34), (58, 0.6), (66, 0.7)])
RADIAL = {"eye": (0.24, 0.22, 0.20, 0.17, 0.14, 0.12), "mouth": (0.24, 0.22, 0.20, 0.2, 0.18, 0.15),
          "nostril": (0.16, 0.12), "ear": (0.35,)}  # fmt: skip


def table(knots: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Knots (K, 1 + D), linear between them -> (N, D)."""
    return np.stack([np.interp(at, knots[:, 0], column) for column in knots[:, 1:].T], -1)


def start_grid() -> np.ndarray:
    """A smooth first guess (ROWS + 1, COLUMNS + 1, 3): quarter ellipses between the profiles."""
    rows, theta = np.arange(ROWS + 1), np.radians(table(AZIMUTH, np.arange(COLUMNS + 1))[:, 0])
    front, side, back = table(FRONT, rows), table(SIDE, rows), table(BACK, rows)
    cos, sin = np.cos(theta), np.sin(theta)
    forward = (cos > 0)[None, :, None]
    end = np.where(forward, front[:, None], back[:, None])
    toward = np.abs(cos)[None, :, None]
    yz = side[:, None, 1:] + (end - side[:, None, 1:]) * toward
    return np.concatenate([(side[:, :1] * sin)[..., None], yz], -1)


def links(half: Half) -> tuple[np.ndarray, np.ndarray]:
    """Edges (E, 2) of everything that is relaxed and their weights (E,): the inverse of the wanted lengths."""
    across = np.interp(np.arange(COLUMNS) + 0.5, *ACROSS.T)
    upwards = np.interp(np.arange(ROWS) + 0.5, *UPWARDS.T)
    middle = np.where(np.arange(COLUMNS + 1) % COLUMNS == 0, 0.5, 1.0)  # shared by both halves
    found = [edge_rows(half.grid.T, np.repeat(1 / across[:, None], ROWS + 1, 1)),
             edge_rows(half.grid, (middle / upwards[:, None]))]  # fmt: skip
    cells = half.crown
    found += [
        edge_rows(cells, np.full(cells[1:].shape, 1 / 0.6)),
        edge_rows(cells.T, np.full(cells.T[1:].shape, 1 / 0.6)),
    ]
    for name, hole in OPENINGS.items():
        rings = half.rings[name][: hole.rim + 1]
        radial = 1 / np.array(RADIAL[name])[:, None] * np.ones(rings.shape[1])
        found.append(edge_rows(rings, radial))
        loop = rings[1:] if name == "mouth" else np.concatenate([rings[1:], rings[1:, :1]], 1)
        found.append(edge_rows(loop.T, np.full(loop.T[1:].shape, 1 / 0.25)))
    pairs, weights = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return pairs, weights


def edge_rows(cells: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Edges between one row of a block (H, W) and the next, and their weights (H - 1, W); none where a -1 is."""
    pairs = np.stack([cells[:-1].ravel(), cells[1:].ravel()], 1)
    there = (pairs >= 0).all(1)
    return pairs[there], np.broadcast_to(weights, cells[1:].shape).ravel()[there]


def pins(half: Half) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (N,) whose places are given, and these (N, 3)."""
    ids, places = [], []

    def pin(who: np.ndarray, where: np.ndarray) -> None:
        ids.append(np.atleast_1d(who))
        places.append(np.atleast_2d(where))

    pin(half.rings["eye"][6], lid_rim())
    mouth = half.rings["mouth"]
    pin(mouth[6], lip_rim(rims.lip_path(rims.SEAM, rims.SEAM, 15)))
    pin(mouth[3], lip_rim(rims.lip_path(rims.LOWER_BORDER, rims.UPPER_BORDER, 15)))
    nostril = OPENINGS["nostril"]
    for ring, larger in ((2, 0.0), (1, 0.12)):
        rim = rims.nostril(nostril.wide, nostril.tall, larger)
        pin(half.rings["nostril"][ring], rims.traced(skin.distance, np.c_[rim, np.full(len(rim), -2.9)], (0, 0, 1)))
    pin(half.grid[TIP, 1:ALA], lip_rim(rims.along(rims.WING, ALA - 1)[1:]))
    pin(half.grid[SUBNASALE : BROW + 1, 0], nose_profile())
    pin(half.grid[MENTON, 0], rims.traced(skin.distance, np.array([(0, -8.7, -12.5)]), (0, 0, 1)))
    ear_hole = OPENINGS["ear"]
    pin(half.rings["ear"][1], ear.laid(skin.distance, ear.loops(ear_hole.wide, ear_hole.tall)[0]))
    pin(half.grid[0], project(skin.distance, start_grid()[0], 8))
    return np.concatenate(ids), np.concatenate(places)


def nose_profile() -> np.ndarray:
    """The middle line of the nose (BROW - SUBNASALE + 1, 3), from under it over the tip to the brow, evenly."""
    middle, turn = np.array([0.0, -10.8, -1.72]), np.radians(np.linspace(12, 90, 60))  # 0 looks down, 90 to the front
    ray = np.stack([0 * turn, -np.sin(turn), -np.cos(turn)], 1)
    base = rims.traced(skin.distance, np.array([[0, -13.4, -3.05]]), (0, 1, 0))
    tip = turned(middle + 2.0 * ray, -ray)
    z = np.linspace(-1.65, 3.3, 120)
    back = rims.traced(skin.distance, np.stack([0 * z, 0 * z - 13.0, z], 1), (0, 1, 0))
    under = np.concatenate([base, tip[tip[:, 1] < base[0, 1] - 0.3]])
    below, above = rims.along(under[::3], TIP - SUBNASALE), rims.along(back[::4], BROW - TIP)
    return np.concatenate([below[:-1], above])


def turned(points: np.ndarray, ways: np.ndarray) -> np.ndarray:
    """Points (N, 3) moved along ways (N, 3) until they meet the skin."""
    for _ in range(80):
        points = points + 0.8 * skin.distance(points)[:, None] * ways
    return points


def lid_rim() -> np.ndarray:
    """The front edge of the lids (N, 3) in the order of the eye's rings."""
    hole = OPENINGS["eye"]
    edges = hole.wide + hole.tall
    lower, upper = eye.lid_line(edges)
    loop = np.concatenate([lower[:-1], upper[:0:-1]])
    loop = np.roll(loop, -hole.tall // 2, 0)  # begins at the rectangle's lower left corner
    start = np.stack([skin.EYE[0] + loop[:, 0], np.full(len(loop), -12.0), skin.EYE[2] + loop[:, 1]], 1)
    return rims.traced(skin.distance, start, (0, 1, 0))


def lip_rim(path: np.ndarray) -> np.ndarray:
    """Points x, z (N, 2) of the mouth's front view on the skin: (N, 3)."""
    return rims.traced(skin.distance, np.stack([path[:, 0], np.full(len(path), -12.0), path[:, 1]], 1), (0, 1, 0))


def relax(half: Half) -> np.ndarray:
    """Positions (V, 3) of grid, crown and rings up to the rims; the others stay at zero."""
    points = np.zeros((len(half.middle), 3))
    start = start_grid()
    points[half.grid[half.grid >= 0]] = start[half.grid >= 0]
    rim = border(np.zeros((COLUMNS // 2 + 1, COLUMNS // 4 + 1)) + half.crown, False).astype(int)
    dome = spread(points[rim], COLUMNS // 4, COLUMNS // 2)
    points[half.crown] = dome + np.array([0, 0, 1.5]) * (dome[..., 2:] > 0)
    nose = half.grid[SUBNASALE + 1 : BROW + 3, 1:13]
    nose = nose[nose >= 0]
    points[nose] = rims.traced(skin.distance, points[nose] * np.array([1, 0, 1]) - np.array([0, 13.0, 0]), (0, 1, 0))
    pinned, places = pins(half)
    points[pinned] = places
    for name, hole in OPENINGS.items():
        rings = half.rings[name][: hole.rim + 1]
        t = np.linspace(0, 1, hole.rim + 1)[:, None, None]
        fresh = points[rings[0]] * (1 - t) + points[rings[-1]] * t
        points[rings[1:-1]] = fresh[1:-1]
    points[pinned] = places
    pairs, weights = links(half)
    free = np.setdiff1d(np.unique(pairs), pinned)
    points[free] = project(skin.distance, points[free], 6, 2.0)
    return settle(points, pairs, weights, half.middle, pinned, ROUNDS)


def settle(
    points: np.ndarray, pairs: np.ndarray, weights: np.ndarray, middle: np.ndarray, pinned: np.ndarray, rounds: int
) -> np.ndarray:
    """Points (V, 3) smoothed and projected `rounds` times; pinned vertices and the plane of symmetry are kept."""
    count = len(points)
    matrix = csc_matrix((weights, pairs.T), (count, count))
    matrix = matrix + matrix.T
    degree = np.maximum(np.asarray(matrix.sum(1)).ravel(), 1e-9)
    free = np.setdiff1d(np.unique(pairs), pinned)
    sideways = free[~middle[free]]  # the plane of symmetry pins x
    system = (diags((1 + STIFFNESS) * degree) - matrix).tocsc()
    solvers = [(who, splu(system[who][:, who].tocsc())) for who in (sideways, free)]
    for _ in range(rounds):
        pull = STIFFNESS * degree[:, None] * points - system[:, pinned] @ points[pinned]
        for axis, (who, solver) in enumerate((solvers[0], solvers[1], solvers[1])):
            points[who, axis] = solver.solve(pull[who, axis])
        points[free] = project(skin.distance, points[free], 2, 1.5)
        points[middle, 0] = 0.0
    points[free] = project(skin.distance, points[free], 3)
    points[middle, 0] = 0.0
    return points


def place(half: Half) -> np.ndarray:
    """Positions (V, 3) of the left half's vertices."""
    return furnished(half, relax(half))


def furnished(half: Half, points: np.ndarray, parted: bool = False) -> np.ndarray:
    """Relaxed points (V, 3) with sockets, mouth, nostrils and ears filled in.

    parted: the lips have been parted already.
    """
    rings, caps = half.rings, half.caps
    hole = OPENINGS["eye"]
    points[rings["eye"][hole.rim + 1 :]] = eye.socket(points[rings["eye"][hole.rim]])
    flat = spread(points[rings["eye"][-1]][:, [0, 2]] - skin.EYE[[0, 2]], hole.wide, hole.tall)
    floor = eye.socket_floor(flat, points[rings["eye"][-1]])
    points[caps["eye"][1:-1, 1:-1]] = floor[1:-1, 1:-1]
    bag(points, rings["mouth"], caps["mouth"], parted)
    cavity(points, rings["nostril"], caps["nostril"])
    hole = OPENINGS["ear"]
    loops, floor = ear.build(skin.distance, hole.wide, hole.tall, lambda ring: spread(ring, hole.wide, hole.tall))
    points[rings["ear"][1:]] = loops
    points[caps["ear"][1:-1, 1:-1]] = floor[1:-1, 1:-1]
    return points


def bag(points: np.ndarray, rings: np.ndarray, cap: np.ndarray, parted: bool) -> None:
    """What the lips hold: their faces in touch, then room for teeth and tongue; written into points."""
    rim = OPENINGS["mouth"].rim
    seam, middle = points[rings[rim]], rings.shape[1] // 2
    side = np.sign(np.arange(len(seam)) - middle)[:, None]  # -1 on the lower lip, 0 in the corner, 1 on the upper
    seam = seam - side * np.array([0, 0, PARTED if parted else 0.0])
    points[rings[rim]] = seam + side * np.array([0, 0, PARTED])
    taper = np.sqrt(np.maximum(1 - (seam[:, :1] / seam[:, 0].max()) ** 2, 0.0))
    front = seam[[0, middle]].mean(0) * np.array([0, 1, 0])
    low = np.maximum(-side, 0) * taper
    for ring, (back, gap, wide, flat, chin) in zip(rings[rim + 1 :], BAG, strict=True):
        bent = seam * np.array([wide, 1 - flat, 1]) + flat * front
        points[ring] = bent + (back + chin * low) * np.array([0, 1, 0]) + side * taper * np.array([0, 0, gap])
    points[cap] = spread_half(points[rings[-1]], OPENINGS["mouth"].wide, OPENINGS["mouth"].tall)
    points[cap[1:-1, :-1], 1] += THROAT


def cavity(points: np.ndarray, rings: np.ndarray, cap: np.ndarray) -> None:
    """The nostril's hollow above its rim; written into points."""
    rim = points[rings[2]]
    middle = rim.mean(0)
    for ring, (up, wide) in zip(rings[3:], ((0.25, 0.94), (0.6, 0.75)), strict=True):
        points[ring] = middle + (rim - middle) * np.array([wide, wide, wide]) + np.array([-0.06 * up, 0.15 * up, up])
    points[cap] = spread(points[rings[-1]], OPENINGS["nostril"].wide, OPENINGS["nostril"].tall)
    points[cap[1:-1, 1:-1], 2] += 0.08
