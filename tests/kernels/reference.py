"""The drawing calls again, slowly, in plain float64 torch: what the Warp kernels are held against.

Written from the definitions, by other roads than the kernels take: a linear solve in place of edge
functions, every triangle at every pixel in place of boxes and a packed z-buffer, dense area matrices in
place of halving kernels, every silhouette edge of the mesh in place of a walk. autograd differentiates it.
"""

import torch
from torch import Tensor


def pixel_centers(size: tuple[int, int]) -> Tensor:
    """size (H, W) -> (H, W, 2) normalized device coordinates, rows bottom-up, float64."""
    height, width = size
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return torch.stack([(2 * x.double() + 1) / width - 1, (2 * y.double() + 1) / height - 1], -1)


def barycentrics(clip: Tensor, faces: Tensor, triangle: Tensor) -> Tensor:
    """Perspective-correct barycentrics (H, W, 3) of triangle - 1 (H, W) at each pixel; zero where triangle is 0.

    The point sum_k b_k c_k of the triangle is seen at p = (x, y) / w, so [x; y; w]_k (b / w) = (p, 1).
    """
    seen = triangle > 0
    corners = clip[faces.long()[(triangle[seen] - 1).long()]][..., [0, 1, 3]].transpose(1, 2)  # columns are corners
    centers = pixel_centers(tuple(triangle.shape)).to(clip)[seen]
    target = torch.cat([centers, torch.ones_like(centers[:, :1])], -1)
    b = torch.linalg.solve(corners, target)
    out = clip.new_zeros((*triangle.shape, 3))
    out[seen] = b / b.sum(-1, keepdim=True)
    return out


def coverage(clip: Tensor, faces: Tensor, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """z/w (F, H, W), infinite where not covered, and how far inside each pixel's center lies (F, H, W): min b_k / w."""
    centers = pixel_centers(size)
    target = torch.cat([centers, torch.ones_like(centers[..., :1])], -1)
    depth = torch.full((len(faces), *size), torch.inf, dtype=torch.float64)
    inside = torch.full((len(faces), *size), -torch.inf, dtype=torch.float64)
    for f, face in enumerate(faces.long()):
        corners = clip[face].double()
        matrix = corners[:, [0, 1, 3]].T
        if abs(torch.linalg.det(matrix)) < 1e-14:
            continue
        b = target @ torch.linalg.inv(matrix).T  # (H, W, 3), divided by w
        z = b @ corners[:, 2]  # z / w, since b carries 1 / w
        covered = (b > 0).all(-1) & (z.abs() <= 1)
        depth[f] = torch.where(covered, z, torch.inf)
        inside[f] = b.amin(-1)
    return depth, inside


def rasterize(clip: Tensor, faces: Tensor, size: tuple[int, int]) -> Tensor:
    """As kernels.rasterize, in float64: (H, W, 4) u, v, z/w, triangle + 1, differentiable in u and v."""
    if len(faces) == 0:
        return clip.new_zeros((*size, 4)).double()
    depth, _ = coverage(clip.detach(), faces, size)
    nearest = depth.min(0)
    triangle = torch.where(nearest.values < torch.inf, nearest.indices + 1, 0)
    b = barycentrics(clip.double(), faces, triangle)
    z = torch.where(triangle > 0, nearest.values, 0.0)
    return torch.stack([b[..., 0], b[..., 1], z, triangle.double()], -1)


def interpolate(attributes: Tensor, rast: Tensor, faces: Tensor) -> Tensor:
    """As kernels.interpolate: (H, W, C)."""
    seen = rast[..., 3] > 0
    u, v = rast[seen][:, 0:1], rast[seen][:, 1:2]
    a, b, c = attributes[faces.long()[(rast[seen][:, 3] - 1).long()]].unbind(1)
    out = attributes.new_zeros((*rast.shape[:2], attributes.shape[1]))
    out[seen] = u * a + v * b + (1 - u - v) * c
    return out


def halving_matrix(size: int) -> Tensor:
    """(max(size // 2, 1), size): the mean over each coarse texel's extent of a row of `size` fine ones."""
    coarse = max(size // 2, 1)
    edges = torch.linspace(0, size, coarse + 1, dtype=torch.float64)
    fine = torch.arange(size, dtype=torch.float64)
    overlap = torch.minimum(fine + 1, edges[1:, None]) - torch.maximum(fine, edges[:-1, None])
    return overlap.clamp(min=0) * coarse / size


def pyramid(tex: Tensor) -> list[Tensor]:
    """tex (T, T2, C) -> every mip level, down to 1 x 1."""
    levels = [tex]
    while max(levels[-1].shape[:2]) > 1:
        rows, columns = (halving_matrix(size).to(tex) for size in levels[-1].shape[:2])
        levels.append(torch.einsum("ij,jkc,lk->ilc", rows, levels[-1], columns))
    return levels


def bilinear(tex: Tensor, uv: Tensor, boundary: str) -> Tensor:
    """tex (T, T2, C) at uv (..., 2) -> (..., C)."""
    rows, columns, _ = tex.shape
    position = uv * uv.new_tensor([columns, rows]) - 0.5
    corner = position.detach().floor()
    x, y = (position - corner).unbind(-1)

    def texel(dx: int, dy: int) -> Tensor:
        column, row = (corner[..., 0] + dx).long(), (corner[..., 1] + dy).long()
        if boundary == "wrap":
            return tex[row % rows, column % columns]
        return tex[row.clamp(0, rows - 1), column.clamp(0, columns - 1)]

    x, y = x[..., None], y[..., None]
    return (1 - y) * ((1 - x) * texel(0, 0) + x * texel(1, 0)) + y * ((1 - x) * texel(0, 1) + x * texel(1, 1))


def texture(tex: Tensor, uv: Tensor, filter: str, boundary: str = "wrap", level: Tensor | None = None) -> Tensor:
    """As kernels.texture: (H, W, C)."""
    if filter == "nearest":
        rows, columns, _ = tex.shape
        index = (uv.detach() * uv.new_tensor([columns, rows])).floor().long()
        if boundary == "wrap":
            return tex[index[..., 1] % rows, index[..., 0] % columns]
        return tex[index[..., 1].clamp(0, rows - 1), index[..., 0].clamp(0, columns - 1)]
    if filter == "linear":
        return bilinear(tex, uv, boundary)
    levels = pyramid(tex)
    stack = torch.stack([bilinear(each, uv, boundary) for each in levels])
    place = level.clamp(0, len(levels) - 1)
    finer = place.floor().long().clamp(max=max(len(levels) - 2, 0))
    coarser = (finer + 1).clamp(max=len(levels) - 1)
    share = (place - finer)[..., None]
    row, column = torch.meshgrid(*(torch.arange(n) for n in place.shape), indexing="ij")
    return (1 - share) * stack[finer, row, column] + share * stack[coarser, row, column]


def silhouette_edges(points: Tensor, faces: Tensor) -> list[tuple[int, int, int]]:
    """points (V, 2) -> (start, end, part) of each edge with one face, or with two that face differently.

    `part` is the number of the connected component (by shared vertices) that the edge belongs to.
    """
    a, b, c = points[faces.long()].unbind(1)
    facing = ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) > 0
    sides: dict[tuple[int, int], list[bool]] = {}
    for face, front in zip(faces.tolist(), facing.tolist(), strict=True):
        for start, end in ((0, 1), (1, 2), (2, 0)):
            key = (min(face[start], face[end]), max(face[start], face[end]))
            sides.setdefault(key, []).append(front)
    parts = components(faces, len(points))
    return [(*edge, parts[edge[0]]) for edge, fronts in sides.items() if len(fronts) == 1 or len(set(fronts)) == 2]


def components(faces: Tensor, vertices: int) -> list[int]:
    """The lowest vertex index connected to each vertex by faces (F, 3)."""
    part = list(range(vertices))
    changed = True
    while changed:
        changed = False
        for face in faces.tolist():
            lowest = min(part[v] for v in face)
            for v in face:
                changed |= part[v] != lowest
                part[v] = lowest
    return part


def antialias(color: Tensor, rast: Tensor, clip: Tensor, faces: Tensor) -> Tensor:
    """As kernels.antialias for *convex* connected parts, whose silhouettes hide no edge behind them: (H, W, C).

    The weight n^2 of a crossing is a constant to the gradient, as in the kernel.
    """
    height, width, _ = color.shape
    points = (clip[:, :2] / clip[:, 3:] + 1) * 0.5 * clip.new_tensor([width, height])
    edges = silhouette_edges(points.detach(), faces)
    parts = components(faces, len(clip))
    out = {}
    for y in range(height):
        for x in range(width):
            for axis, (y2, x2) in enumerate(((y, x + 1), (y + 1, x))):
                if y2 >= height or x2 >= width or rast[y, x, 3] == rast[y2, x2, 3]:
                    continue
                mine, theirs = rast[y, x], rast[y2, x2]
                near_first = theirs[3] == 0 or (mine[3] != 0 and bool(mine[2] <= theirs[2]))
                near = mine if near_first else theirs
                part = parts[int(faces[int(near[3]) - 1, 0])]
                found = _crossing(points, [e for e in edges if e[2] == part], (x, y), axis, near_first)
                if found is None:
                    continue
                t, weight = found
                change = weight * (t - 0.5) * (color[y, x] - color[y2, x2])
                place = (y2, x2) if t > 0.5 else (y, x)
                out[place] = out.get(place, 0) + change
    result = color.clone()
    for place, change in out.items():
        result[place] = result[place] + change
    return result


def _crossing(points: Tensor, edges: list, pixel: tuple[int, int], axis: int, near_first: bool):
    """(t in [0, 1] from `pixel` to the next along `axis`, n^2) of the outermost silhouette crossing, or None."""
    other = 1 - axis
    line, start = pixel[other] + 0.5, pixel[axis] + 0.5
    best = None
    for first, second, _ in edges:
        a, b = points[first], points[second]
        if bool(a[other] <= line) == bool(b[other] <= line):
            continue
        s = (line - a[other]) / (b[other] - a[other])
        t = a[axis] + s * (b[axis] - a[axis]) - start
        if 0 <= t <= 1:
            along = (b - a).detach()
            weight = along[other] ** 2 / along.square().sum()
            if best is None or bool(t > best[0]) == near_first:
                best = (t, weight)
    return best
