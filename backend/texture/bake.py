"""Multi-view bake: every texel asks all views that see it and settles on what most of them say.

Up to `_SAMPLES` best views are gathered per texel; iteratively reweighted means (Cauchy-type weights,
Holland & Welsch 1977) then turn away from samples that disagree. Two answers come out of the same samples:
the photo color, and the diffuse color, whose weights forgive darker samples more than brighter ones, because
a highlight can only add light.
"""

import math
from dataclasses import dataclass

import warp as wp

from .config import TextureConfig
from .look import Sight, glimpse, sample_photo
from .row_launch import RowLauncher
from .texel_geometry import Skin, Texels, on_face, texel_barycentric, texel_uv
from .view_stack import Eye, ViewStack

wp.set_module_options({"enable_backward": False})

_SAMPLES = 12
_Series = wp.types.vector(length=12, dtype=wp.float32)
_ENOUGH_QUALITY = 1.2  # summed squareness at which a texel counts as well seen


@dataclass(frozen=True)
class Baked:
    """Per texel (T, T): photo sRGB vec3, highlight vec3 (diffuse minus photo, sRGB), confidence float."""

    photo: wp.array
    highlight: wp.array
    confidence: wp.array


@wp.struct
class Samples:
    red: _Series
    green: _Series
    blue: _Series
    weight: _Series
    count: wp.int32
    quality: wp.float32


@wp.func
def gather(
    eyes: wp.array(dtype=Eye),
    pixels: wp.array(dtype=wp.uint32),
    depths: wp.array(dtype=wp.float32),
    point: wp.vec3,
    normal: wp.vec3,
    sight: Sight,
) -> Samples:
    samples = Samples()
    for k in range(eyes.shape[0]):
        eye = eyes[k]
        seen = glimpse(eye, depths, point, normal, sight)
        if seen.weight > 0.0:
            color = sample_photo(eye, pixels, seen.x, seen.y)
            weight = seen.weight * color[3]
            slot = int(samples.count)
            if slot == _SAMPLES:  # full: the worst sample gives way
                slot = wp.int32(0)
                for other in range(1, _SAMPLES):
                    if samples.weight[other] < samples.weight[slot]:
                        slot = other
                if samples.weight[slot] >= weight:
                    weight = 0.0
            elif weight > 0.0:
                samples.count += 1
            if weight > 0.0:
                samples.red[slot] = color[0]
                samples.green[slot] = color[1]
                samples.blue[slot] = color[2]
                samples.weight[slot] = weight
            samples.quality += seen.quality * color[3]
    best = wp.float32(0.0)
    for k in range(samples.count):
        best = wp.max(best, samples.weight[k])
    for k in range(samples.count):  # the best views keep the picture sharp; the rest fade smoothly
        samples.weight[k] = samples.weight[k] * samples.weight[k] / best
    return samples


@wp.func
def sample_color(samples: Samples, k: int) -> wp.vec3:
    return wp.vec3(samples.red[k], samples.green[k], samples.blue[k])


@wp.func
def doubt(color: wp.vec3, center: wp.vec3, brighter: float, darker: float) -> float:
    """Weight of a sample that differs from the consensus; the scales are sRGB differences."""
    difference = color - center
    scale = darker
    if difference[0] + difference[1] + difference[2] > 0.0:
        scale = brighter
    ratio = wp.dot(difference, difference) / (3.0 * scale * scale)
    return 1.0 / ((1.0 + ratio) * (1.0 + ratio))


@wp.func
def start_of(samples: Samples) -> wp.vec3:
    """Where the reweighting starts: the sample nearest to all others from four on, so that one cannot rule."""
    total = wp.vec3()
    mass = wp.float32(0.0)
    for k in range(samples.count):
        total += sample_color(samples, k) * samples.weight[k]
        mass += samples.weight[k]
    center = total / wp.max(mass, 1.0e-12)
    if samples.count < 4:
        return center
    least = wp.float32(1.0e30)
    for k in range(samples.count):
        cost = wp.float32(0.0)
        for other in range(samples.count):
            # The fourth root takes back that good views count for so much: here views vote.
            vote = wp.sqrt(wp.sqrt(samples.weight[other]))
            cost += vote * wp.length(sample_color(samples, other) - sample_color(samples, k))
        if cost < least:
            least = cost
            center = sample_color(samples, k)
    return center


@wp.func
def settle(samples: Samples, start: wp.vec3, brighter: float, darker: float, rounds: int) -> wp.vec3:
    center = start
    for _step in range(rounds):
        total = wp.vec3()
        mass = wp.float32(0.0)
        for k in range(samples.count):
            weight = samples.weight[k] * doubt(sample_color(samples, k), center, brighter, darker)
            total += sample_color(samples, k) * weight
            mass += weight
        if mass > 0.0:
            center = total / mass
    return center


@wp.kernel
def bake_kernel(
    first_row: int,
    skin: Skin,
    owner: wp.array2d(dtype=wp.int32),
    eyes: wp.array(dtype=Eye),
    pixels: wp.array(dtype=wp.uint32),
    depths: wp.array(dtype=wp.float32),
    sight: Sight,
    robust_scale: float,
    photo: wp.array2d(dtype=wp.vec3),
    highlight: wp.array2d(dtype=wp.vec3),
    confidence: wp.array2d(dtype=wp.float32),
):
    band_row, column = wp.tid()
    row = band_row + first_row
    face = owner[row, column]
    if face < 0:
        return
    uv = texel_uv(row, column, owner.shape[0])
    weights = texel_barycentric(skin, face, uv[0], uv[1])
    point = on_face(skin.vertices, skin.faces, face, weights)
    normal = wp.normalize(on_face(skin.normals, skin.faces, face, weights))
    samples = gather(eyes, pixels, depths, point, normal, sight)
    if samples.count == 0:
        return
    start = start_of(samples)
    consensus = settle(samples, start, robust_scale, robust_scale, 3)
    diffuse = settle(samples, consensus, 0.35 * robust_scale, 1.5 * robust_scale, 4)
    photo[row, column] = consensus
    highlight[row, column] = diffuse - consensus
    confidence[row, column] = wp.min(samples.quality / _ENOUGH_QUALITY, 1.0)


def sight_of(config: TextureConfig) -> Sight:
    """The config as the kernels read it."""
    sight = Sight()
    sight.least_cosine = math.cos(math.radians(config.max_angle))
    sight.angle_power, sight.depth_tolerance = config.angle_power, config.depth_tolerance
    return sight


def bake(texels: Texels, stack: ViewStack, config: TextureConfig, launcher: RowLauncher) -> Baked:
    """Consensus of all views at every texel; zero where no view sees the texel."""
    size, device = texels.size, launcher.device
    photo = wp.zeros((size, size), dtype=wp.vec3, device=device)
    highlight = wp.zeros((size, size), dtype=wp.vec3, device=device)
    confidence = wp.zeros((size, size), dtype=wp.float32, device=device)
    inputs = [texels.skin, texels.owner, stack.eyes, stack.pixels, stack.depths, sight_of(config), config.robust_scale]
    launcher.rows(bake_kernel, size, size, [*inputs, photo, highlight, confidence])
    return Baked(photo, highlight, confidence)
