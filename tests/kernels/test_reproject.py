"""Looking a surface up in another view, against scene.Camera and a float64 ray trace."""

import numpy as np
import torch

from backend.kernels.rasterize import rasterize
from backend.kernels.reproject import lens_of, reproject
from backend.scene import Camera

from . import reference, shapes

WIDTH, HEIGHT = 40, 30


def _camera(position: tuple[float, float, float], width: int, height: int) -> Camera:
    """Looks at the origin with +Z up, principal point off the center."""
    back = np.array(position) / np.linalg.norm(position)
    right = np.cross([0.0, 0.0, 1.0], back)
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(back, right), back], 1)
    pose[:3, 3] = position
    return Camera(width, height, 1.1 * width, 1.2 * width, 0.48 * width, 0.53 * height, pose)


_REFERENCE = _camera((0.3, -3.0, 0.4), WIDTH, HEIGHT)
_SOURCE = _camera((1.2, -2.9, 0.9), 50, 44)


def _smooth_picture() -> torch.Tensor:
    y, x = torch.meshgrid(torch.arange(44.0), torch.arange(50.0), indexing="ij")
    return 0.5 + 0.3 * torch.sin(0.35 * x + 0.1 * y) + 0.2 * torch.cos(0.22 * y)


def _draw(vertices: torch.Tensor, faces: torch.Tensor, camera: Camera) -> torch.Tensor:
    matrix = torch.tensor(camera.clip_matrix(0.1, 10.0), dtype=torch.float32)
    clip = torch.cat([vertices.cpu(), torch.ones(len(vertices), 1)], 1) @ matrix.T
    return rasterize(clip.to(vertices.device), faces, (camera.height, camera.width))


def _everywhere(value: float, device: torch.device) -> torch.Tensor:
    return torch.full((44, 50), value, device=device)


def _slow(vertices: torch.Tensor, faces: torch.Tensor, triangle: torch.Tensor, picture: torch.Tensor) -> torch.Tensor:
    """The picture (h, w) looked up through each pixel of the reference view whose triangle - 1 is given (H, W)."""
    seen = triangle > 0
    y, x = torch.nonzero(seen, as_tuple=True)
    pixels = torch.stack([x + 0.5, HEIGHT - y - 0.5], -1).numpy()  # scene.Camera counts rows downwards
    along = torch.tensor(_REFERENCE.rays(pixels))
    origin = torch.tensor(_REFERENCE.position)
    a, b, c = vertices[faces.long()[(triangle[seen] - 1).long()]].unbind(1)
    normal = torch.linalg.cross(b - a, c - a)
    distance = ((a - origin) * normal).sum(-1) / (along * normal).sum(-1)
    point = origin + distance[:, None] * along
    local = (point - torch.tensor(_SOURCE.position)) @ torch.tensor(_SOURCE.camera_to_world[:3, :3])
    column = _SOURCE.fl_x * local[:, 0] / -local[:, 2] + _SOURCE.cx
    row = _SOURCE.height - (-_SOURCE.fl_y * local[:, 1] / -local[:, 2] + _SOURCE.cy)
    uv = torch.stack([column / _SOURCE.width, row / _SOURCE.height], -1)
    out = vertices.new_zeros(triangle.shape)
    out[seen] = reference.bilinear(picture[..., None], uv, "clamp")[:, 0]
    return out


def test_the_sampled_picture_and_its_gradient_match_a_ray_trace(device, random):
    vertices, faces = shapes.sphere(1)
    vertices = 0.8 * vertices + 0.02 * torch.randn(len(vertices), 3, generator=random)
    ours = vertices.float().to(device).requires_grad_()
    rast = _draw(ours.detach(), faces.to(device), _REFERENCE)
    sampled, weight = reproject(
        ours, faces.to(device), rast, lens_of(_REFERENCE), lens_of(_SOURCE), _smooth_picture().to(device),
        _everywhere(1.0, device), _everywhere(9.0, device), 0.01,
    )  # fmt: skip
    used = (weight > 0).cpu()
    assert used.sum() > 150
    factors = torch.randn(HEIGHT, WIDTH, generator=random) * used
    (sampled * factors.to(device)).sum().backward()

    slow = ours.detach().cpu().double().requires_grad_()
    expected = _slow(slow, faces, rast[..., 3].cpu(), _smooth_picture().double())
    (expected * factors).sum().backward()
    torch.testing.assert_close(sampled.detach().cpu().double()[used], expected.detach()[used], atol=1e-4, rtol=0)
    scale = float(slow.grad.abs().max())
    torch.testing.assert_close(ours.grad.cpu().double(), slow.grad, atol=2e-3 * scale, rtol=1e-2)


def test_hidden_untrusted_and_slanted_points_weigh_nothing(device):
    vertices, faces = shapes.sphere(3)
    vertices, faces = (0.8 * vertices).float().to(device), faces.to(device)
    rast = _draw(vertices, faces, _REFERENCE)
    lenses = lens_of(_REFERENCE), lens_of(_SOURCE)
    picture = _smooth_picture().to(device)

    def weigh(trust: float, depth: float) -> torch.Tensor:
        planes = _everywhere(trust, device), _everywhere(depth, device)
        return reproject(vertices, faces, rast, *lenses, picture, *planes, 0.01)[1]

    free = weigh(1.0, 9.0)
    assert 0 < (free > 0).sum() < (rast[..., 3] > 0).sum()  # not at the outline
    torch.testing.assert_close(weigh(0.25, 9.0), 0.25 * free, atol=1e-6, rtol=0)
    assert not weigh(1.0, 1.0).any()  # something stands before it
    assert not weigh(1.0, 0.0).any()  # the source sees nothing there
    assert free.max() <= 1


def test_the_weight_carries_no_gradient(device):
    vertices, faces = shapes.sphere(1)
    vertices = vertices.float().to(device).requires_grad_()
    rast = _draw(vertices.detach(), faces.to(device), _REFERENCE)
    _, weight = reproject(
        vertices, faces.to(device), rast, lens_of(_REFERENCE), lens_of(_SOURCE), _smooth_picture().to(device),
        _everywhere(1.0, device), _everywhere(9.0, device), 0.01,
    )  # fmt: skip
    assert not weight.requires_grad
