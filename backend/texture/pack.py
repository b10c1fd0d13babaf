"""Place flat charts in the unit square: xatlas packs, we choose the scale so that every gutter is wide enough.

xatlas gets a stand-in for each chart: the squares of a coarse grid that the chart touches. It cuts a chart
wherever a needle turns over in single precision; squares never do, and there are fewer of them.
"""

import numpy as np

from .flatten import Layout, signed_areas

_ROUNDS = 12
_ENOUGH = 0.94  # of the square's side: closer is not worth another round
_CELL = 4.0  # texels: side of the squares


def pack(layout: Layout, size: int, gutter: int) -> np.ndarray:
    """layout of U uvs -> uvs (U, 2) float32 in [0, 1], charts at least 2 * `gutter` texels of a `size` map apart.

    Every chart keeps `gutter` texels to the map's edge as well, so that textures that repeat do not bleed.
    """
    room = size - 2 * gutter
    area = float(np.abs(signed_areas(layout.uvs[layout.faces])).sum())
    texels_per_unit = 0.75 * room / np.sqrt(max(area, 1e-20))
    best, best_scale = None, 0.0
    for _ in range(_ROUNDS):
        texels, width = _packed(layout, texels_per_unit, 2 * gutter)
        if width <= room and texels_per_unit > best_scale:
            best, best_scale = texels, texels_per_unit
            if width >= _ENOUGH * room:
                break
        texels_per_unit *= 0.985 * room / width
    if best is None:
        raise RuntimeError(f"the charts do not fit into {size} texels with gutters of {gutter}")
    return ((best + gutter) / size).astype(np.float32)


def _packed(layout: Layout, texels_per_unit: float, padding: int) -> tuple[np.ndarray, float]:
    """uvs (U, 2) in texels, and the side of the square that holds them."""
    count = int(layout.charts.max()) + 1
    low = np.full((count, 2), np.inf)
    np.minimum.at(low, layout.charts, layout.uvs)
    local = (layout.uvs - low[layout.charts]) * texels_per_unit
    corners, quads, owners = _stand_ins(local, layout.faces, layout.charts[layout.faces[:, 0]])
    rotation, shift, width = _place(corners, quads, owners, count, padding)
    turned = (local[:, 0] + 1j * local[:, 1]) * rotation[layout.charts] + shift[layout.charts]
    return np.stack([turned.real, turned.imag], 1), width


def _stand_ins(local: np.ndarray, faces: np.ndarray, charts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Grid squares touched by each chart's triangles: corners (K, 2) texels, squares (Q, 4) into them, owner (K,)."""
    cells = local[faces] / _CELL
    low = np.floor(cells.min(1)).astype(np.int64)
    spans = np.floor(cells.max(1)).astype(np.int64) - low + 1
    repeat = spans.prod(1)
    face = np.repeat(np.arange(len(faces)), repeat)
    step = np.arange(len(face)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    x, y = low[face, 0] + step % spans[face, 0], low[face, 1] + step // spans[face, 0]
    side = int(max(x.max(), y.max())) + 2
    squares = np.unique((charts[face] * side + y) * side + x)
    keys = np.stack([squares, squares + 1, squares + side + 1, squares + side], 1)
    corners, quads = np.unique(keys, return_inverse=True)
    grid = np.stack([corners % side, corners // side % side], 1) * _CELL
    return grid, quads.reshape(-1, 4), corners // (side * side)


def _place(
    corners: np.ndarray, quads: np.ndarray, owners: np.ndarray, count: int, padding: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """Each chart's turn and shift (count,) as complex numbers, and the side of the square they need."""
    import xatlas  # only the unwrapping process needs it

    columns = int(np.ceil(np.sqrt(count)))
    cell = np.stack([owners % columns, owners // columns], 1)
    apart = corners + cell * (np.ceil(corners.max() / _CELL) + 2) * _CELL  # xatlas joins charts that coincide
    triangles = quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)
    atlas = xatlas.Atlas()
    atlas.add_uv_mesh(apart.astype(np.float32), triangles.astype(np.uint32))
    options = xatlas.PackOptions()
    options.padding, options.texels_per_unit, options.resolution = padding, 1.0, 0
    options.rotate_charts = False  # its quarter turns mirror the chart
    options.bilinear = False
    atlas.generate(xatlas.ChartOptions(), options)
    if atlas.atlas_count != 1:
        raise RuntimeError("xatlas split the charts over several textures")
    origin, _, uvs = atlas[0]
    placed = np.zeros(len(corners), complex)
    placed[origin] = uvs[:, 0] * float(atlas.width) + 1j * (uvs[:, 1] * float(atlas.height))
    return (*_rigid_motions(corners[:, 0] + 1j * corners[:, 1], placed, owners, count), max(atlas.width, atlas.height))


def _rigid_motions(
    before: np.ndarray, after: np.ndarray, owners: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """The turn and shift per owner that take complex points `before` to `after` in least squares."""

    def mean(values: np.ndarray) -> np.ndarray:
        total = np.bincount(owners, values.real, count) + 1j * np.bincount(owners, values.imag, count)
        return total / np.maximum(np.bincount(owners, minlength=count), 1)

    before_mean, after_mean = mean(before), mean(after)
    turn = mean((after - after_mean[owners]) * np.conj(before - before_mean[owners]))
    turn /= np.maximum(np.abs(turn), 1e-20)
    return turn, after_mean - turn * before_mean
