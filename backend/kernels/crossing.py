"""Where the silhouette of what one pixel sees crosses on the way to the next pixel's center.

The nearer surface is followed from its pixel's center towards the other center, triangle by triangle, to
its true silhouette edge, however small the triangles are.
"""

import warp as wp

wp.set_module_options({"enable_backward": False})

_MAX_WALK = 64  # triangles crossed between two pixel centers; more means a degenerate mesh


@wp.struct
class Crossing:
    t: wp.float32  # where the silhouette crosses, 0 at the near pixel's center, 1 at the other's; < 0: nowhere
    weight: wp.float32  # squared component of the edge's normal along the pair's axis
    first: wp.int32  # the edge's vertices
    second: wp.int32


@wp.func
def screen(clip: wp.array(dtype=wp.vec4), index: int, width: int, height: int) -> wp.vec2:
    c = clip[index]
    return wp.vec2((c[0] / c[3] + 1.0) * 0.5 * float(width), (c[1] / c[3] + 1.0) * 0.5 * float(height))


@wp.func
def signed_area(a: wp.vec2, b: wp.vec2, c: wp.vec2) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


@wp.func
def face_area(
    clip: wp.array(dtype=wp.vec4), faces: wp.array2d(dtype=wp.int32), f: int, width: int, height: int
) -> float:
    return signed_area(
        screen(clip, faces[f, 0], width, height),
        screen(clip, faces[f, 1], width, height),
        screen(clip, faces[f, 2], width, height),
    )


@wp.func
def find_crossing(
    clip: wp.array(dtype=wp.vec4),
    faces: wp.array2d(dtype=wp.int32),
    neighbors: wp.array2d(dtype=wp.int32),
    start: int,
    center: wp.vec2,
    axis: int,
    direction: float,
    width: int,
    height: int,
) -> Crossing:
    out = Crossing()
    out.t = float(-1.0)
    facing = face_area(clip, faces, start, width, height)
    f = int(start)
    came_from = int(-1)
    other = 1 - axis
    for _ in range(_MAX_WALK):
        best = float(-1.0)
        edge = int(-1)
        for k in range(3):
            if neighbors[f, k] != came_from or came_from < 0:
                a = screen(clip, faces[f, (k + 1) % 3], width, height)
                b = screen(clip, faces[f, (k + 2) % 3], width, height)
                side_a, side_b = a[other] - center[other], b[other] - center[other]
                if (side_a <= 0.0) != (side_b <= 0.0):
                    s = side_a / (side_a - side_b)
                    t = direction * (a[axis] + s * (b[axis] - a[axis]) - center[axis])
                    if t > best:
                        best = t
                        edge = k
        if edge < 0 or best > 1.0:
            return out
        across = neighbors[f, edge]
        silhouette = bool(across < 0)
        if not silhouette:
            silhouette = face_area(clip, faces, across, width, height) * facing <= 0.0
        if silhouette:
            out.first = faces[f, (edge + 1) % 3]
            out.second = faces[f, (edge + 2) % 3]
            along = screen(clip, out.second, width, height) - screen(clip, out.first, width, height)
            out.weight = along[other] * along[other] / wp.max(wp.dot(along, along), 1.0e-20)
            out.t = wp.max(best, 0.0)
            return out
        came_from = f
        f = across
    return out


@wp.func
def pair_crossing(
    rast: wp.array(dtype=wp.vec4),
    clip: wp.array(dtype=wp.vec4),
    faces: wp.array2d(dtype=wp.int32),
    neighbors: wp.array2d(dtype=wp.int32),
    pixel: int,
    partner: int,
    axis: int,
    width: int,
    height: int,
) -> Crossing:
    """The crossing seen from the nearer pixel of a pair; `t` is turned so that 0 is at `pixel`, 1 at `partner`."""
    mine, theirs = rast[pixel], rast[partner]
    near_is_mine = bool(theirs[3] == 0.0 or (mine[3] != 0.0 and mine[2] <= theirs[2]))
    near = int(pixel)
    direction = float(1.0)
    face = int(mine[3]) - 1
    if not near_is_mine:
        near = partner
        direction = -1.0
        face = int(theirs[3]) - 1
    center = wp.vec2(float(near % width) + 0.5, float(near / width) + 0.5)
    found = find_crossing(clip, faces, neighbors, face, center, axis, direction, width, height)
    if found.t >= 0.0 and not near_is_mine:
        found.t = 1.0 - found.t
    return found
