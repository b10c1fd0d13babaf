"""Silhouette blending against every silhouette edge searched, at its simplest, and where it must do nothing."""

import pytest
import torch

from backend.kernels.adjacency import face_neighbors
from backend.kernels.antialias import antialias
from backend.kernels.interpolate import interpolate
from backend.kernels.rasterize import rasterize

from . import reference, shapes

PIXELS = 64


def _mask(clip: torch.Tensor, faces: torch.Tensor, size: int = PIXELS) -> torch.Tensor:
    """Antialiased coverage (size, size) of a mesh; gradient to clip through the silhouette alone."""
    rast = rasterize(clip, faces, (size, size))
    return antialias((rast[..., 3:] > 0).float(), rast, clip, faces)[..., 0]


def _convex_scene(random: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Two icosahedra, one before the other, and three loose triangles, under perspective."""
    vertices, faces = shapes.sphere(0)
    near, far = vertices * 0.5 + torch.tensor([0.2, 0.1, 0.6]), vertices * 0.9 - torch.tensor([0.2, 0.1, 0.8])
    loose = 2.4 * torch.rand(9, 3, generator=random) - 1.2
    points = torch.cat([near, far, loose])
    triangles = torch.arange(9, dtype=torch.int32).view(3, 3) + 24
    return shapes.perspective(points, 3.5), torch.cat([faces, faces + 12, triangles])


@pytest.mark.parametrize("seed", [0, 1])
def test_picture_and_gradients_match_every_silhouette_edge_searched(device, seed):
    random = torch.Generator().manual_seed(seed)
    size = (20, 26)
    clip, faces = _convex_scene(random)
    colors = torch.rand(len(faces) + 1, 3, generator=random)
    weights = torch.randn(*size, 3, generator=random)
    rast = rasterize(clip.float().to(device), faces.to(device), size)
    color = colors[rast[..., 3].cpu().long()]

    ours = [each.clone().to(device).requires_grad_() for each in (color, clip.float())]
    out = antialias(ours[0], rast, ours[1], faces.to(device))
    (out * weights.to(device)).sum().backward()

    slow = [each.double().clone().requires_grad_() for each in (color, clip)]
    expected = reference.antialias(slow[0], rast.cpu().double(), slow[1], faces)
    (expected * weights).sum().backward()
    assert (expected - slow[0]).abs().max() > 0.1
    torch.testing.assert_close(out.detach().cpu().double(), expected.detach(), atol=2e-4, rtol=0)
    torch.testing.assert_close(ours[0].grad.cpu().double(), slow[0].grad, atol=1e-3, rtol=1e-3)
    scale = float(slow[1].grad.abs().max())
    torch.testing.assert_close(ours[1].grad.cpu().double(), slow[1].grad, atol=2e-3 * scale, rtol=1e-2)


def _box(left: float, right: float, z: float) -> torch.Tensor:
    """A rectangle of full height at depth z; x in pixels from the picture's left edge -> clip (4, 4)."""
    x = torch.tensor([left, right, right, left]) * 2 / PIXELS - 1
    y = torch.tensor([-1.5, -1.5, 1.5, 1.5])
    return torch.stack([x, y, torch.full_like(x, z), torch.ones_like(x)], 1)


_BOX_FACES = torch.tensor([[0, 1, 2], [0, 2, 3]], dtype=torch.int32)


@pytest.mark.parametrize("edge", [20.05, 20.3, 20.5, 20.7, 20.95])
def test_an_upright_edge_covers_its_pixels_exactly_and_moves_them_at_their_height(device, edge):
    clip = _box(8.5, edge, 0.0).to(device).requires_grad_()
    mask = _mask(clip, _BOX_FACES.to(device))
    torch.testing.assert_close(mask.sum(1), torch.full((PIXELS,), edge - 8.5, device=device), atol=1e-4, rtol=0)
    mask.sum().backward()
    moved = clip.grad[:, 0].cpu() * 2 / PIXELS  # per pixel to the right
    assert float(moved[[1, 2]].sum()) == pytest.approx(PIXELS, rel=1e-3)
    assert float(moved[[0, 3]].sum()) == pytest.approx(-PIXELS, rel=1e-3)  # this edge runs through pixel centers


def test_an_edge_before_another_surface_pulls_the_nearer_one_alone(device):
    clip = torch.cat([_box(10.3, 30.3, -0.5), _box(5.3, 60.3, 0.5)]).to(device).requires_grad_()
    faces = torch.cat([_BOX_FACES, _BOX_FACES + 4]).to(device)
    rast = rasterize(clip, faces, (PIXELS, PIXELS))
    values = torch.tensor([0.0, 0.9, 0.9, 0.2, 0.2], device=device)  # empty, near, far
    picture = antialias(values[rast[..., 3].long()][..., None], rast, clip, faces)
    picture[:, 20:40].sum().backward()  # around the near one's right edge
    moved = clip.grad[:, 0].cpu() * 2 / PIXELS
    assert float(moved[[1, 2]].sum()) == pytest.approx(PIXELS * (0.9 - 0.2), rel=1e-3)
    assert not moved[[0, 3, 4, 5, 6, 7]].any()


def test_inner_edges_are_left_alone(device, random):
    """A mesh that fills the picture has no silhouette, whatever its colors and however small its triangles."""
    vertices, faces = shapes.disc(30, 60)
    clip = shapes.orthographic(2.5 * vertices).float().to(device).requires_grad_()
    faces = faces.to(device)
    rast = rasterize(clip, faces, (PIXELS, PIXELS)).detach()
    color = interpolate(torch.rand(len(clip), 3, generator=random).to(device), rast, faces)
    out = antialias(color, rast, clip, faces)
    torch.testing.assert_close(out, color, atol=0, rtol=0)
    out.sum().backward()
    assert not clip.grad.any()


def test_a_single_color_stays_and_blends_stay_between_the_colors(device, random):
    clip, faces = (each.to(device) for each in shapes.triangle_soup(random, 40))
    rast = rasterize(clip, faces, (PIXELS, PIXELS))
    same = torch.full((PIXELS, PIXELS, 2), 0.4, device=device)
    torch.testing.assert_close(antialias(same, rast, clip, faces), same, atol=0, rtol=0)
    flat = torch.rand(len(faces) + 1, 1, generator=random).to(device)[rast[..., 3].long()]
    out = antialias(flat, rast, clip, faces)
    assert (out != flat).any()
    # up to four neighbors may pull at a pixel: overshoot is possible but rare and small
    assert ((out < -0.05) | (out > 1.05)).float().mean() < 0.01


def test_given_adjacency_and_adjacency_made_here_blend_alike(device, random):
    clip, faces = (each.to(device) for each in shapes.triangle_soup(random, 10))
    rast = rasterize(clip, faces, (PIXELS, PIXELS))
    color = torch.rand(PIXELS, PIXELS, 3, generator=random).to(device)
    given = antialias(color, rast, clip, faces, face_neighbors(faces))
    torch.testing.assert_close(given, antialias(color, rast, clip, faces), atol=0, rtol=0)


def test_triangles_across_the_camera_plane_leave_colors_and_gradients_finite(device, random):
    clip, faces = shapes.triangle_soup(random, 12)
    clip[::4] *= -1
    clip[1, 3] = 0
    clip = clip.to(device).requires_grad_()
    rast = rasterize(clip, faces.to(device), (PIXELS, PIXELS))
    color = torch.rand(PIXELS, PIXELS, 1, generator=random).to(device)
    out = antialias(color, rast, clip, faces.to(device))
    out.square().sum().backward()
    assert out.isfinite().all()
    assert clip.grad.isfinite().all()


def test_an_empty_mesh_changes_nothing(device):
    color = torch.rand(6, 5, 3, device=device)
    faces = torch.zeros(0, 3, dtype=torch.int32, device=device)
    clip = torch.zeros(0, 4, device=device)
    torch.testing.assert_close(antialias(color, rasterize(clip, faces, (6, 5)), clip, faces), color, atol=0, rtol=0)


def test_wrong_types_and_shapes_are_named():
    color, rast = torch.rand(4, 4, 3), torch.zeros(4, 4, 4)
    clip, faces = torch.zeros(3, 4), torch.tensor([[0, 1, 2]], dtype=torch.int32)
    with pytest.raises(TypeError, match="color"):
        antialias(color.double(), rast, clip, faces)
    with pytest.raises(TypeError, match="rast"):
        antialias(color, rast.double(), clip, faces)
    with pytest.raises(ValueError, match="clip"):
        antialias(color, rast, clip[:, :3], faces)
    with pytest.raises(ValueError, match="adjacency"):
        antialias(color, rast, clip, faces, torch.zeros(4, 2, dtype=torch.int32))
    with pytest.raises(ValueError, match="rast"):
        antialias(color, rast[:2], clip, faces)
    with pytest.raises(ValueError, match="color"):
        antialias(color[..., 0], rast, clip, faces)
    with pytest.raises(ValueError, match="adjacency"):
        antialias(color, rast, clip, faces, torch.zeros(0, 3, dtype=torch.int32))
