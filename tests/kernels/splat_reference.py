"""3D Gaussians drawn slowly: float64, every Gaussian at every pixel, gradients by autograd."""

import numpy as np
import torch
from scipy.special import sph_harm_y

from backend.scene import Camera

NAMES = ("means", "log_scales", "rotations", "opacities", "base", "rest")


def some_splats(random: torch.Generator, count: int = 40, degree: int = 3) -> list[torch.Tensor]:
    """A cloud in the unit sphere, in the order of NAMES."""
    return [
        0.4 * torch.randn(count, 3, generator=random),
        -2.3 + 0.5 * torch.randn(count, 3, generator=random),
        torch.randn(count, 4, generator=random),
        torch.randn(count, generator=random),
        0.3 * torch.randn(count, 3, generator=random),
        0.3 * torch.randn(count, (degree + 1) ** 2 - 1, 3, generator=random),
    ]


def rotation_matrices(quaternions: torch.Tensor) -> torch.Tensor:
    """(N, 4) w x y z -> (N, 3, 3), as the exponential of the rotation vector's cross product."""
    q = torch.nn.functional.normalize(quaternions, dim=1)
    w, v = q[:, 0, None, None], q[:, 1:]
    zero = torch.zeros_like(v[:, 0])
    cross = torch.stack([zero, -v[:, 2], v[:, 1], v[:, 2], zero, -v[:, 0], -v[:, 1], v[:, 0], zero], 1).view(-1, 3, 3)
    return torch.eye(3, dtype=q.dtype) + 2 * w * cross + 2 * cross @ cross


def basis(directions: torch.Tensor) -> torch.Tensor:
    """(N, 3) unit -> (N, 16) real spherical harmonics by scipy; its phase gives Kerbl et al.'s signs."""
    x, y, z = directions.detach().numpy().T
    polar, azimuth = np.arccos(np.clip(z, -1, 1)), np.arctan2(y, x)
    columns = []
    for degree in range(4):
        for order in range(-degree, degree + 1):
            value = sph_harm_y(degree, abs(order), polar, azimuth)
            part = value.imag if order < 0 else value.real
            columns.append(part if order == 0 else np.sqrt(2) * part)
    return torch.from_numpy(np.stack(columns, 1))


def polynomials(d: torch.Tensor) -> torch.Tensor:
    """(N, 3) -> (N, 16): the same as `basis`, differentiable; each a harmonic polynomial by its closed form."""
    x, y, z = d.unbind(1)
    one = torch.ones_like(x)
    pi = np.pi
    return torch.stack([
        one * np.sqrt(1 / (4 * pi)),
        *(np.sqrt(3 / (4 * pi)) * part for part in (-y, z, -x)),
        *(np.sqrt(15 / (4 * pi)) * part for part in (x * y, -y * z, (3 * z * z - 1) / np.sqrt(12), -x * z)),
        np.sqrt(15 / (16 * pi)) * (x * x - y * y),
        -np.sqrt(35 / (32 * pi)) * y * (3 * x * x - y * y),
        np.sqrt(105 / (4 * pi)) * x * y * z,
        -np.sqrt(21 / (32 * pi)) * y * (5 * z * z - 1),
        np.sqrt(7 / (16 * pi)) * (5 * z**3 - 3 * z),
        -np.sqrt(21 / (32 * pi)) * x * (5 * z * z - 1),
        np.sqrt(105 / (16 * pi)) * z * (x * x - y * y),
        -np.sqrt(35 / (32 * pi)) * x * (x * x - 3 * y * y),
    ], 1)  # fmt: skip


def draw(parts: list[torch.Tensor], camera: Camera, degree: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Planes (4, H, W) and depth (H, W), float64."""
    means, log_scales, quaternions, logits, base, rest = (part.double() for part in parts)
    sh = torch.cat([base[:, None], rest], 1)
    axes = torch.from_numpy(np.diag([1.0, -1.0, -1.0]) @ camera.camera_to_world[:3, :3].T)
    away = means - torch.from_numpy(camera.position)
    t = away @ axes.T
    focal = torch.tensor([camera.fl_x, camera.fl_y], dtype=torch.float64)
    center = torch.tensor([camera.cx, camera.cy], dtype=torch.float64)
    size = torch.tensor([camera.width, camera.height], dtype=torch.float64)
    slope = t[:, :2] / t[:, 2:]
    places = focal * slope + center
    slope = torch.minimum(torch.maximum(slope, (-0.15 * size - center) / focal), (1.15 * size - center) / focal)
    turned = axes @ rotation_matrices(quaternions) @ torch.diag_embed(log_scales.exp())
    flat = (turned[:, :2] - slope[:, :, None] * turned[:, 2:]) * focal[:, None] / t[:, 2, None, None]
    cov = flat @ flat.transpose(1, 2) + 0.3 * torch.eye(2)
    weights = polynomials(torch.nn.functional.normalize(away, dim=1))[:, : (degree + 1) ** 2]
    color = torch.relu(0.5 + torch.einsum("nk,nkc->nc", weights, sh[:, : weights.shape[1]]))
    return _blend(places, torch.linalg.inv(cov), torch.sigmoid(logits), color, t[:, 2], camera)


def _blend(places, conic, opacity, color, depth, camera):
    rows, columns = np.indices((camera.height, camera.width)) + 0.5
    pixels = torch.from_numpy(np.stack([columns, rows], -1))
    through = torch.ones(camera.height, camera.width, dtype=torch.float64)
    planes = torch.zeros(4, camera.height, camera.width, dtype=torch.float64)
    median = torch.zeros_like(through)
    for i in torch.argsort(depth).tolist():
        if depth[i] < 0.01:
            continue
        d = pixels - places[i]
        alpha = (opacity[i] * torch.exp(-0.5 * torch.einsum("hwi,ij,hwj->hw", d, conic[i], d))).clamp_max(0.99)
        alpha = torch.where((alpha >= 1 / 255) & (through > 1e-4), alpha, 0.0)
        weight = through * alpha
        planes = planes + weight * torch.cat([color[i], torch.ones(1)])[:, None, None]
        median = torch.where((through > 0.5) & (through - weight <= 0.5), depth[i], median)
        through = through - weight
    return planes, median.detach()
