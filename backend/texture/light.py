"""The light, told apart from the skin: nine spherical-harmonic coefficients per channel, linear color.

A point's color is c = a (L . T): albedo a, light L (9, 3), transfer T (9,) with self-occlusion. Light and
albedo can only be told apart by an assumption: albedo is piecewise similar. Points are grouped by chroma
(which shading leaves alone), each group has one typical albedo, and points far from it (spots, brows,
highlights) lose their say by robust weights. What remains ambiguous, the overall color, is fixed so that
the mean shading is 1.

Photos taken on a turntable have light that stands with the camera: then L lives in the camera's frame. The
two cases are told apart without any albedo: with light fixed to the world, all views agree on a point.
"""

from dataclasses import dataclass

import numpy as np

from ..scene import Surface
from .config import TextureConfig
from .probe import Probe
from .transfer import harmonic_rotation
from .view_stack import ViewStack

PROBES = 5000  # surface points
_GROUPS = 4
_ROUNDS = 15
_CAMERA_ROUNDS = 8
_PRIOR = 0.05  # weight of typical albedos where views alone leave the light open
_RIDGE = np.array([0.0] + [0.002] * 3 + [0.01] * 5)  # against directions that no surface faces
_TUKEY = 0.45  # relative residual at which a point is ignored
_CAMERA_GAIN = 0.7  # share of the world model's residual below which the light moves with the camera
_DARKEST = 0.4  # shading below this share of the mean cannot be divided out


@dataclass(frozen=True)
class Light:
    """coefficients (9, 3) linear; with_camera: they live in each camera's frame instead of the world's."""

    coefficients: np.ndarray
    with_camera: bool


def fit_light(probe: Probe, surface: Surface, transfer: np.ndarray, stack: ViewStack, config: TextureConfig) -> Light:
    """transfer (V, 9) per vertex -> the light that explains the probe best."""
    corners = transfer[surface.faces[probe.faces]]
    at_points = np.einsum("nk,nkc->nc", probe.barycentric, corners)
    with_camera = config.light == "camera"
    if config.light == "auto":
        with_camera = _moves_with_camera(probe, at_points, stack)
    if with_camera:
        return Light(_fit_camera_light(probe, _per_view(at_points, stack))[0], True)
    colors, mass = _diffuse(probe)
    return Light(_fit_world_light(colors, at_points, mass), False)


def _per_view(transfer: np.ndarray, stack: ViewStack) -> np.ndarray:
    """Transfer (N, 9) in the world -> (N, K, 9) in each camera's frame."""
    turns = [harmonic_rotation(view.camera.camera_to_world[:3, :3].T) for view in stack.views]
    return np.einsum("kij,nj->nki", np.stack(turns), transfer)


def _diffuse(probe: Probe) -> tuple[np.ndarray, np.ndarray]:
    """Per point the color without its highlights (N, 3): a low weighted quantile over views, and its weight (N,)."""
    brightness = np.where(probe.weights > 0, probe.colors.sum(-1), np.inf)
    order = np.argsort(brightness, 1)
    weights = np.take_along_axis(probe.weights, order, 1)
    mass = weights.sum(1)
    share = (np.cumsum(weights, 1) - 0.5 * weights) / np.maximum(mass, 1e-12)[:, None]
    kernel = weights * np.exp(-0.5 * ((share - 0.3) / 0.15) ** 2)
    kernel /= np.maximum(kernel.sum(1, keepdims=True), 1e-12)
    colors = np.take_along_axis(probe.colors, order[..., None], 1)
    return (kernel[..., None] * colors).sum(1), mass


def _group_by_chroma(colors: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """k-means on log color ratios, which shading by white light leaves alone -> group of each point (N,)."""
    logs = np.log(np.maximum(colors, 1e-4))
    chroma = np.stack([logs[:, 0] - logs[:, 1], logs[:, 2] - logs[:, 1]], 1)
    ranks = np.argsort(chroma[:, 0], kind="stable")
    centers = chroma[ranks[((np.arange(_GROUPS) + 0.5) / _GROUPS * len(ranks)).astype(int)]]
    for _ in range(20):
        labels = ((chroma[:, None] - centers[None]) ** 2).sum(-1).argmin(1)
        for group in range(len(centers)):
            members = labels == group
            if mass[members].sum() > 0:
                centers[group] = np.average(chroma[members], axis=0, weights=mass[members])
    return labels


def _weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    order = np.argsort(values)
    share = np.cumsum(weights[order])
    return float(values[order[min(np.searchsorted(share, 0.5 * share[-1]), len(values) - 1)]])


def _typical_albedo(albedo: np.ndarray, groups: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Every point's albedo (N, 3) replaced by the median of its group."""
    typical = np.ones_like(albedo)
    for group in np.unique(groups):
        members = groups == group
        typical[members] = [_weighted_median(albedo[members, channel], mass[members]) for channel in range(3)]
    return np.maximum(typical, 1e-4)


def _fit_world_light(colors: np.ndarray, transfer: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Points' colors (N, 3), transfers (N, 9), weights (N,) -> light (9, 3) with mean shading 1."""
    seen = mass > 0
    colors, transfer, mass = colors[seen], transfer[seen], np.sqrt(mass[seen])
    flat = np.zeros((9, 3))
    flat[0] = 1 / 0.282095
    if len(colors) < 50:
        return flat
    groups = _group_by_chroma(colors, mass)
    light = flat
    for _ in range(_ROUNDS):
        albedo = _typical_albedo(colors / np.maximum(transfer @ light, _DARKEST), groups, mass)
        for channel in range(3):
            light[:, channel] = _solve(colors[:, channel], albedo[:, channel], transfer, mass, light[:, channel])
        light = light / np.average(np.maximum(transfer @ light, _DARKEST), axis=0, weights=mass)
    return light


def _solve(
    colors: np.ndarray, albedo: np.ndarray, transfer: np.ndarray, mass: np.ndarray, light: np.ndarray
) -> np.ndarray:
    """One reweighted least-squares step of c / a = T . L for one channel."""
    relative = colors / np.maximum(albedo, 1e-6)
    error = (relative - transfer @ light) / np.maximum(transfer @ light, _DARKEST)
    weights = mass * np.maximum(1 - (error / _TUKEY) ** 2, 0.0) ** 2 + 1e-9
    weighted = transfer * weights[:, None]
    ridge = np.diag(_RIDGE * weights.sum())
    return np.linalg.solve(transfer.T @ weighted + ridge + 1e-9 * np.eye(9), weighted.T @ relative)


def _fit_camera_light(probe: Probe, transfer: np.ndarray) -> tuple[np.ndarray, float]:
    """Free albedo per point, light in the camera's frame: transfer (N, K, 9) -> light (9, 3), typical residual.

    A point's colors over the views must be parallel to its shadings, whatever its albedo: the part of T . L that
    is perpendicular to them is minimized (variable projection). What few views per point leave open, and the
    scale, the groups' typical albedos decide, with a small weight.
    """
    weights = np.sqrt(probe.weights) * (np.count_nonzero(probe.weights, 1) >= 2)[:, None]
    light = np.zeros((9, 3))
    light[0] = 1 / 0.282095
    robust, mass = weights, weights.sum(1)
    groups = _group_by_chroma((weights[..., None] * probe.colors).sum(1) / np.maximum(mass, 1e-12)[:, None], mass)
    for _ in range(_CAMERA_ROUNDS):
        shading = np.maximum(transfer @ light, _DARKEST)
        albedo = (robust[..., None] * shading * probe.colors).sum(1)
        albedo /= np.maximum((robust[..., None] * shading**2).sum(1), 1e-12)
        typical = _typical_albedo(albedo, groups, mass)
        for channel in range(3):
            system, right = _parallel_system(transfer, probe.colors[..., channel], robust)
            relative = probe.colors[..., channel] / typical[:, channel, None]
            far = (relative / shading[..., channel] - 1) / _TUKEY
            prior = transfer * (_PRIOR * robust * np.maximum(1 - far**2, 0.0) ** 2)[..., None]
            system += prior.reshape(-1, 9).T @ transfer.reshape(-1, 9) + 1e-9 * np.eye(9)
            right += np.einsum("nki,nk->i", prior, relative)
            light[:, channel] = np.linalg.solve(system, right)
        light = light / np.average((transfer @ light).reshape(-1, 3), axis=0, weights=weights.ravel() + 1e-12)
        error = (probe.colors - albedo[:, None] * np.maximum(transfer @ light, _DARKEST)).sum(-1)
        relative = error / np.maximum(probe.colors.sum(-1), 0.03)
        robust = weights / (1 + (relative / 0.1) ** 2)
    return light, _typical(relative, weights)


def _parallel_system(transfer: np.ndarray, colors: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Normal equations (9, 9), (9,) of: the shadings (N, K) have no part perpendicular to the colors (N, K)."""
    root = np.sqrt(weights)
    rows, seen = transfer * root[..., None], colors * root
    seen = seen / np.maximum(np.linalg.norm(seen, axis=1, keepdims=True), 1e-12)
    along = np.einsum("nki,nk->ni", rows, seen)
    flat = rows.reshape(-1, 9)
    return flat.T @ flat - along.T @ along + np.diag(0.01 * _RIDGE * weights.sum()), np.zeros(9)


def _typical(relative: np.ndarray, weights: np.ndarray) -> float:
    used = weights > 0
    return _weighted_median(np.abs(relative[used]), weights[used]) if used.any() else 0.0


def _moves_with_camera(probe: Probe, transfer: np.ndarray, stack: ViewStack) -> bool:
    """Whether light in the cameras' frame explains how a point's color changes from view to view."""
    weights = np.sqrt(probe.weights) * (np.count_nonzero(probe.weights, 1) >= 2)[:, None]
    if np.count_nonzero(weights) < 500:
        return False
    robust = weights
    for _ in range(5):
        mean = (robust[..., None] * probe.colors).sum(1) / np.maximum(robust.sum(1), 1e-12)[:, None]
        relative = (probe.colors - mean[:, None]).sum(-1) / np.maximum(probe.colors.sum(-1), 0.03)
        robust = weights / (1 + (relative / 0.1) ** 2)
    _, residual = _fit_camera_light(probe, _per_view(transfer, stack))
    return residual < _CAMERA_GAIN * _typical(relative, weights)


def shade(light: Light, transfer: np.ndarray, weights: np.ndarray, stack: ViewStack) -> np.ndarray:
    """Shading (V, 3) that the bake has seen at vertices with transfer (V, 9) and view weights (V, K)."""
    if not light.with_camera:
        return np.maximum(transfer @ light.coefficients, _DARKEST).astype(np.float32)
    share = weights**2 + 1e-12 * (1 + weights.max())
    share = share / share.sum(1, keepdims=True)
    shading = np.zeros((len(transfer), 3))
    for k, view in enumerate(stack.views):  # never (V, K, 9) at once
        turned = transfer @ harmonic_rotation(view.camera.camera_to_world[:3, :3].T).T
        shading += share[:, k : k + 1] * np.maximum(turned @ light.coefficients, _DARKEST)
    return shading.astype(np.float32)
