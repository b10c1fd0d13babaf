"""The shape of a face from the shading of its skin (analysis by synthesis; Blanz and Vetter 1999, section 4).

    value_i / level_i = E(n_i) / level_i + (albedo_i . c) + noise,    lamps L >= 0,    c ~ N(0, 1)

Lamps and albedo are linear and get eliminated at every step (variable projection, Golub and Pereyra 1973). The albedo
is a Gaussian process over the face whose deviations the photo itself tells (expectation maximization): where light
does not explain a photo they grow, and shading says less. Glossary: value what the photo shows, level what is expected.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from scipy.optimize import nnls

from ...scene import Camera, Surface
from ..model import HeadModel
from .linear import Columns, see
from .sight import Sight
from .skin_light import Openness, received, received_slope
from .solution import Solution
from .turning import Ring, ring_of, turning_normals

_BLUR = 2.0  # pixels
_FACING = 0.35  # least cosine between skin and line of sight
_BURNT = 0.985  # sRGB from which a channel may be cut off
_FEWEST = 200  # points of skin
_SCALES = ((0.030, 0.025, 0.3), (0.011, 0.010, 1.0))  # metres an albedo reaches, between its anchors; one-sided share
_PATCHY = 0.3  # deviation of the finer albedo from which the light is not understood at all
_LAMP = (0.9, 2.5)  # expected brightness of a lamp and its deviation, where the median of the skin is 1
_ROBUST = 4.0  # deviations
_ROUNDS = 6  # of expectation maximization
_SHARE = 0.3  # of what the residuals promise: light and gloss err over wide areas; best on drawn heads of known shape
_ALIKE = 0.008  # metres within which residuals go together


@dataclass(frozen=True)
class Shading:
    """What M points of the skin show in one photo (number).

    corners, weights (M, 3) as in Observations; ring: the triangles around them; visible (M, D) lamps that they see
    pixel (M, 2); slope (M, 3, 2) how the drawn normals change there per pixel
    value, level (M,) relative brightness; albedo (M, J) for one deviation each; precision (M,) of value / level
    shining (D,) brightness of the lamps when the photo was judged; those at zero stay off
    """

    number: int
    corners: np.ndarray
    weights: np.ndarray
    ring: Ring
    visible: np.ndarray
    pixel: np.ndarray
    slope: np.ndarray
    value: np.ndarray
    level: np.ndarray
    albedo: np.ndarray
    precision: np.ndarray
    shining: np.ndarray


@dataclass(frozen=True)
class _Painted:
    """Lamps and albedo that explain the values best: design (M, D + J), coefficients, system (their normal matrix)."""

    design: np.ndarray
    coefficients: np.ndarray
    system: np.ndarray
    residual: np.ndarray
    cost: float


def shading_of(
    number: int, model: HeadModel, solution: Solution, faces: np.ndarray, openness: Openness,
    camera: Camera, sight: Sight, photo: np.ndarray, trust: np.ndarray,
) -> Shading | None:  # fmt: skip
    """What a photo's shading says at a solution; None where too little skin is seen or light does not explain it.

    camera, sight: the photo's camera and what it sees of the solution's head; faces (F, 3) of the skin
    photo (H, W, 3) float32 sRGB; trust (H, W) in [0, 1]: bare skin, no highlight, glasses, brow or hair
    """
    placed = solution.placement
    local = model.shape(solution.identity, solution.expressions[number]).astype(float)
    surface = Surface(local @ placed.rotation.T * placed.scale + placed.translation, faces)
    colors, weight, kept = _sampled(surface, openness.vertices, camera, sight, photo, trust)
    if kept.sum() < _FEWEST:
        return None
    chosen, colors = openness.vertices[kept], colors[kept]
    pixels = camera.project(surface.vertices)[0]
    ring = ring_of(chosen, faces, len(local))
    first = Shading(
        number, np.repeat(chosen[:, None], 3, 1), np.tile([1.0, 0.0, 0.0], (len(chosen), 1)), ring,
        openness.visible[kept], pixels[chosen], _slope(surface, pixels, chosen, ring), np.ones(len(chosen)),
        np.ones(len(chosen)), np.zeros((len(chosen), 0)), (weight[kept] / 0.08) ** 2, np.ones(len(openness.visible.T)),
    )  # fmt: skip
    light = received(turning_normals(model, solution, number, ring)[0], first.visible)
    value = _most_even(colors / np.median(colors, 0), light, first)
    return _judged(replace(first, value=value), light, weight[kept], model.vertices[chosen].astype(float))


def add_shading(matrix: np.ndarray, right: np.ndarray, model: HeadModel, solution: Solution, seen: Shading) -> float:
    """Add the normal equations of a photo's shading, lamps and albedo eliminated; returns its cost."""
    at = Columns(solution)
    normals, turning = turning_normals(model, solution, seen.number, seen.ring)
    moved = see(model, solution, seen.number, seen)
    drawn = normals - (seen.slope @ (moved.pixels - seen.pixel)[:, :, None])[..., 0]
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    painted = _paint(received(drawn, seen.visible), seen, seen.shining > 0)
    lamps = painted.coefficients[: len(seen.shining)]
    by_normal = received_slope(drawn, seen.visible, lamps) / seen.level[:, None]
    by_pixel = -(by_normal[:, None] @ seen.slope)[:, 0]
    jacobian = np.zeros((len(seen.value), at.size))
    for slope, blocks in ((by_normal, turning), (by_pixel, moved.blocks)):
        for columns, block in blocks:
            jacobian[:, columns] += (slope[:, None] @ block)[:, 0]
    weighted = seen.precision[:, None] * jacobian
    on = np.concatenate([seen.shining > 0, np.ones(seen.albedo.shape[1], bool)])
    shared = painted.design[:, on].T @ weighted
    matrix += jacobian.T @ weighted - shared.T @ np.linalg.solve(painted.system[np.ix_(on, on)], shared)
    right -= weighted.T @ painted.residual
    return painted.cost


def _sampled(surface: Surface, chosen, camera: Camera, sight: Sight, photo: np.ndarray, trust: np.ndarray):
    """Linear colors (S, 3) of chosen vertices, their weight (S,), and which of them (S,) the photo shows."""
    pixels, depth = camera.project(surface.vertices[chosen])
    normals, toward = surface.vertex_normals()[chosen], camera.position - surface.vertices[chosen]
    facing = (normals * toward).sum(1) / np.linalg.norm(normals, axis=1) / np.linalg.norm(toward, axis=1)
    linear = np.where(photo <= 0.04045, photo / 12.92, ((photo + 0.055) / 1.055) ** 2.4).astype(np.float32)
    bare = cv2.erode(trust.astype(np.float32), np.ones((5, 5))) * (photo.max(-1) < _BURNT)
    planes = cv2.GaussianBlur(np.dstack([linear, bare.astype(np.float32)]), (0, 0), _BLUR)
    x, y = (pixels - 0.5).astype(np.float32).T[:, :, None]
    values = cv2.remap(planes, x, y, cv2.INTER_LINEAR)[:, 0]
    height, width = sight.depth.shape
    column, row = np.clip(pixels.astype(int), 0, [width - 1, height - 1]).T
    front = sight.depth[row, column]
    kept = (front > 0) & (depth < front * 1.006) & (facing > _FACING) & (values[:, 3] > 0.2)
    kept &= (values[:, :3].min(1) > 0.004) & (pixels > 2).all(1) & (pixels < [width - 2, height - 2]).all(1)
    return values[:, :3], values[:, 3] * np.clip((facing - 0.3) / 0.4, 0.05, 1), kept


def _slope(surface: Surface, pixels: np.ndarray, chosen: np.ndarray, ring: Ring) -> np.ndarray:
    """How normals change per pixel (M, 3, 2) around chosen vertices, by least squares over their neighbors."""
    normals = surface.vertex_normals()
    normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    rows, near = np.repeat(ring.rows, 3), ring.triangles.ravel()
    step, change = pixels[near] - pixels[chosen[rows]], normals[near] - normals[chosen[rows]]
    squares, products = np.zeros((ring.count, 2, 2)), np.zeros((ring.count, 3, 2))
    np.add.at(squares, rows, step[:, :, None] * step[:, None])
    np.add.at(products, rows, change[:, :, None] * step[:, None])
    return products @ np.linalg.inv(squares + 1e-3 * np.eye(2))


def _most_even(colors: np.ndarray, light: np.ndarray, seen: Shading) -> np.ndarray:
    """The mixture (M,) of the channels (M, 3) that light explains best: blood and pigment color channels unequally."""
    residuals = []
    for channel in colors.T:
        painted = _settled(light, replace(seen, value=channel))[0]
        drawn = painted.design @ painted.coefficients
        residuals.append((channel - drawn) / np.maximum(drawn, 0.2))
    residuals = np.stack(residuals, 1)
    usual = (np.abs(residuals) < 4.4 * np.median(np.abs(residuals), 0)).all(1)
    spread = np.cov(residuals[usual].T)
    mixture = np.linalg.solve(spread + (1e-6 + 0.02 * np.trace(spread) / 3) * np.eye(3), np.ones(3))
    return colors @ (mixture / mixture.sum())


def _judged(seen: Shading, light: np.ndarray, weight: np.ndarray, points: np.ndarray) -> Shading | None:
    """The shading with albedo, level and precision as the photo itself tells them; points (M, 3) on the mean head."""
    modes, sigma = [_modes(points, *scale) for scale in _SCALES], 0.08
    deviations, count = np.full(len(modes), 0.1), len(seen.shining)
    for _ in range(_ROUNDS):
        albedo = np.concatenate([deviation * mode for deviation, mode in zip(deviations, modes, strict=True)], 1)
        seen = replace(seen, albedo=albedo, precision=(weight / sigma) ** 2)
        painted, doubt = _settled(light, seen)
        seen = replace(seen, precision=seen.precision / doubt**2, shining=painted.coefficients[:count])
        on = np.concatenate([seen.shining > 0, np.ones(albedo.shape[1], bool)])
        power = painted.coefficients**2
        power[on] += np.diag(np.linalg.inv(painted.system[np.ix_(on, on)]))
        shares = np.split(power[count:], np.cumsum([mode.shape[1] for mode in modes])[:-1])
        deviations = np.clip(deviations * np.sqrt([share.mean() for share in shares]), 0.005, 0.5)
        sigma = max(1.63 * float(np.median(np.abs(painted.residual) * weight)), 0.004)
        level = np.maximum(light @ seen.shining, 0.15)
        whitened, seen = painted.residual * np.sqrt(seen.precision), replace(seen, level=level)
    if deviations[-1] > _PATCHY:
        return None
    return replace(seen, precision=_SHARE * (weight / doubt / sigma) ** 2 / _redundancy(whitened, points))


def _redundancy(residual: np.ndarray, points: np.ndarray) -> float:
    """How many neighboring residuals (M,) count for one, as their sums over small cells of the skin tell."""
    cell = np.unique(np.floor(points / _ALIKE).astype(int), axis=0, return_inverse=True)[1].ravel()
    number, total = np.bincount(cell), np.bincount(cell, residual)
    full = number > 2
    return max(1.0, float((total[full] ** 2 / number[full]).mean() / max((residual**2).mean(), 1e-9)))


def _modes(points: np.ndarray, length: float, apart: float, share: float) -> np.ndarray:
    """Smooth albedos (M, J) of unit deviation over points (M, 3); one-sided ones get a share of it."""
    cells = np.floor(points / apart).astype(int)
    anchors = points[np.unique(cells, axis=0, return_index=True)[1]]

    def gauss(at: np.ndarray, ends: np.ndarray) -> np.ndarray:
        return np.exp(-((at[:, None] - ends[None]) ** 2).sum(-1) / (2 * length**2))

    result, mirrored = [], anchors * [-1, 1, 1]
    for sign, deviation in ((1.0, 1.0), (-1.0, share)):
        between, toward = (0.5 * (gauss(at, anchors) + sign * gauss(at, mirrored)) for at in (anchors, points))
        values, vectors = np.linalg.eigh(between)
        strong = values > 2e-3 * values[-1]
        result.append(deviation * toward @ vectors[:, strong] / np.sqrt(values[strong]))
    return np.concatenate(result, 1)


def _settled(light: np.ndarray, seen: Shading) -> tuple[_Painted, np.ndarray]:
    """What explains the values best, outliers discounted (Geman and McClure 1987), and the doubt (M,) of each."""
    doubt = np.ones(len(light))
    for _ in range(4):
        painted = _paint(light, replace(seen, precision=seen.precision / doubt**2), None)
        doubt = 1 + painted.residual**2 * seen.precision / _ROBUST**2
    return painted, doubt


def _paint(light: np.ndarray, seen: Shading, shining: np.ndarray | None) -> _Painted:
    """Lamps and albedo by least squares; shining (D,) bool: the lamps to use, None: find those above zero."""
    lamps, albedos = light.shape[1], seen.albedo.shape[1]
    design, target = np.concatenate([light / seen.level[:, None], seen.albedo], 1), seen.value / seen.level
    prior = np.concatenate([np.full(lamps, _LAMP[1] ** -2), np.ones(albedos)])
    mean = np.concatenate([np.full(lamps, _LAMP[0]), np.zeros(albedos)])
    system = design.T @ (seen.precision[:, None] * design) + np.diag(prior)
    wanted = design.T @ (seen.precision * target) + prior * mean
    if shining is None:
        shining = _shining(system, wanted, lamps)
    on = np.concatenate([shining, np.ones(albedos, bool)])
    coefficients = np.zeros(lamps + albedos)
    coefficients[on] = np.linalg.solve(system[np.ix_(on, on)], wanted[on])
    residual = design @ coefficients - target
    strain = (prior * (coefficients - mean) ** 2)[on].sum()
    return _Painted(design, coefficients, system, residual, float((seen.precision * residual**2).sum() + strain))


def _shining(system: np.ndarray, wanted: np.ndarray, lamps: int) -> np.ndarray:
    """Which lamps (D,) bool have a brightness above zero at the best explanation with none below."""
    shared = np.linalg.solve(system[lamps:, lamps:], system[lamps:])
    own = system[:lamps, :lamps] - system[:lamps, lamps:] @ shared[:, :lamps]
    pull = wanted[:lamps] - system[:lamps, lamps:] @ np.linalg.solve(system[lamps:, lamps:], wanted[lamps:])
    factor = np.linalg.cholesky(own)
    return nnls(factor.T, np.linalg.solve(factor, pull), maxiter=50 * lamps)[0] > 0
