"""What one view says of one surface point: whether it sees it, how well, and where in the photo.

Both the bake and the exposure and light measurements look through these functions.
"""

import warp as wp

from .view_stack import Eye

wp.set_module_options({"enable_backward": False})


@wp.struct
class Sight:
    """How views are weighted; angles as cosines, depths in unit lengths."""

    least_cosine: wp.float32  # flatter than this a view is not used
    angle_power: wp.float32
    depth_tolerance: wp.float32


@wp.struct
class Glimpse:
    weight: wp.float32  # 0: not seen
    x: wp.float32  # pixels
    y: wp.float32
    quality: wp.float32  # 0..1 by the angle alone


@wp.func
def glimpse(eye: Eye, depths: wp.array(dtype=wp.float32), point: wp.vec3, normal: wp.vec3, sight: Sight) -> Glimpse:
    seen = Glimpse()
    towards = eye.position - point
    cosine = wp.dot(normal, towards) / wp.max(wp.length(towards), 1.0e-12)
    if cosine <= sight.least_cosine or eye.weight <= 0.0:
        return seen
    local = wp.transpose(eye.rotation) * (point - eye.position)
    depth = -local[2]
    if depth <= 0.0:
        return seen
    x = eye.focal[0] * local[0] / depth + eye.center[0]
    y = eye.center[1] - eye.focal[1] * local[1] / depth
    if x < 0.5 or y < 0.5 or x > float(eye.width) - 0.5 or y > float(eye.height) - 0.5:
        return seen
    surface = depths[eye.offset + int(y) * eye.width + int(x)]
    pixel = depth / eye.focal[0]
    slope = wp.sqrt(wp.max(1.0 - cosine * cosine, 0.0)) / cosine
    if surface <= 0.0 or depth > surface + sight.depth_tolerance + 1.5 * pixel * slope:
        return seen
    squareness = (cosine - sight.least_cosine) / (1.0 - sight.least_cosine)
    seen.weight = wp.pow(squareness, sight.angle_power) * eye.weight / (depth * depth)
    seen.quality = squareness
    seen.x = x
    seen.y = y
    return seen


@wp.func
def unpacked(word: wp.uint32) -> wp.vec4:
    mask = wp.uint32(255)
    return wp.vec4(
        float(word & mask),
        float((word >> wp.uint32(8)) & mask),
        float((word >> wp.uint32(16)) & mask),
        float((word >> wp.uint32(24)) & mask),
    ) * (1.0 / 255.0)


@wp.func
def sample_photo(eye: Eye, pixels: wp.array(dtype=wp.uint32), x: float, y: float) -> wp.vec4:
    """sRGB color and trust at image point (x, y), bilinear; pixels without trust lend no color."""
    fx, fy = x - 0.5, y - 0.5
    x0, y0 = wp.clamp(int(wp.floor(fx)), 0, eye.width - 2), wp.clamp(int(wp.floor(fy)), 0, eye.height - 2)
    tx, ty = wp.clamp(fx - float(x0), 0.0, 1.0), wp.clamp(fy - float(y0), 0.0, 1.0)
    base = eye.offset + y0 * eye.width + x0
    total = wp.vec3()
    trust = wp.float32(0.0)
    for corner in range(4):
        pixel = unpacked(pixels[base + (corner / 2) * eye.width + corner % 2])
        wx = tx
        if corner % 2 == 0:
            wx = 1.0 - tx
        wy = ty
        if corner < 2:
            wy = 1.0 - ty
        weight = wx * wy * pixel[3]
        total += wp.vec3(pixel[0], pixel[1], pixel[2]) * weight
        trust += weight
    if trust <= 0.0:
        return wp.vec4()
    return wp.vec4(total[0] / trust, total[1] / trust, total[2] / trust, trust)
