"""The rasterizer against a linear solve of every triangle at every pixel, and at its edges."""

import pytest
import torch

from backend.kernels.rasterize import rasterize

from . import reference, shapes

SIZES = [(24, 24), (17, 40)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [1, 12])
def test_ids_depth_and_barycentrics_match_a_linear_solve(device, random, size, count):
    clip, faces = shapes.triangle_soup(random, count)
    ours = rasterize(clip.to(device), faces.to(device), size).cpu().double()
    theirs = reference.rasterize(clip, faces, size)
    _, inside = reference.coverage(clip, faces, size)
    clear = (inside.abs() > 1e-6).all(0)  # pixel centers that float rounding cannot move across an edge
    assert clear.double().mean() > 0.99
    assert (theirs[..., 3] > 0).any()
    torch.testing.assert_close(ours[clear][:, 3], theirs[clear][:, 3], atol=0, rtol=0)
    torch.testing.assert_close(ours[clear], theirs[clear], atol=1e-5, rtol=0)


def test_rows_run_bottom_up_and_columns_left_to_right(device):
    corner = torch.tensor([[-1.0, -1, 0, 1], [-0.4, -1, 0, 1], [-1, -0.4, 0, 1]], device=device)
    rast = rasterize(corner, torch.tensor([[0, 1, 2]], dtype=torch.int32, device=device), (10, 10))
    assert rast[0, 0, 3] == 1
    assert rast[5:, :, 3].sum() == 0
    assert rast[:, 5:, 3].sum() == 0


def test_the_nearer_triangle_wins_and_equal_depths_go_to_the_first(device):
    xy = torch.tensor([[-3.0, -3], [3, -3], [0, 3]])
    depths = [0.5, -0.25, -0.25, 0.75]
    clip = torch.cat([torch.cat([xy, torch.full((3, 1), z), torch.ones(3, 1)], 1) for z in depths]).to(device)
    faces = torch.arange(12, dtype=torch.int32, device=device).view(4, 3)
    rast = rasterize(clip, faces, (4, 4))
    center = rast[1:3, 1:3]
    assert (center[..., 3] == 2).all()
    torch.testing.assert_close(center[..., 2], torch.full_like(center[..., 2], -0.25), atol=1e-6, rtol=0)


def _position_loss(rast: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """A smooth function of u and v over the whole image."""
    return (weights[..., 0] * rast[..., 0] + weights[..., 1] * rast[..., 1] ** 2).sum()


def test_gradient_to_positions_matches_central_differences_of_the_reference(device, random):
    size = (20, 20)
    clip, faces = shapes.triangle_soup(random, 6)
    weights = torch.randn(*size, 2, generator=random)
    ours = clip.clone().to(device).requires_grad_()
    _position_loss(rasterize(ours, faces.to(device), size), weights.to(device)).backward()

    triangle = reference.rasterize(clip, faces, size)[..., 3]
    step, expected = 1e-6, torch.zeros(len(clip), 4, dtype=torch.float64)
    for vertex in range(len(clip)):
        for axis in (0, 1, 3):
            losses = []
            for sign in (1, -1):
                moved = clip.double()
                moved[vertex, axis] += sign * step
                b = reference.barycentrics(moved, faces, triangle)
                losses.append(_position_loss(b, weights.double()))
            expected[vertex, axis] = (losses[0] - losses[1]) / (2 * step)
    scale = expected.abs().max()
    assert scale > 1
    torch.testing.assert_close(ours.grad.cpu().double(), expected, atol=float(2e-5 * scale), rtol=2e-4)


def test_gradient_to_depth_is_zero_and_flows_through_u_and_v_only(device, random):
    clip, faces = shapes.triangle_soup(random, 6)
    clip = clip.to(device).requires_grad_()
    rast = rasterize(clip, faces.to(device), (16, 16))
    (depth_only,) = torch.autograd.grad(rast[..., 2:].sum(), clip, retain_graph=True)
    assert not depth_only.any()
    (through_u,) = torch.autograd.grad(rast[..., 0].sum(), clip)
    assert through_u[:, :2].any()
    assert not through_u[:, 2].any()


def _grid(n: int, order: torch.Tensor, mirror: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """A square of n x n quads over the picture's inner part; vertex k of the rows is number order[k]."""
    steps = torch.arange(n + 1) * (1.5 / n) - 0.75
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    points = torch.stack([x, y, 0 * x], -1).view(-1, 3)
    vertices = torch.empty_like(points)
    vertices[order] = points
    corner = torch.arange((n + 1) * n).view(n, n + 1)[:, :n].reshape(-1)
    lower = torch.stack([corner, corner + 1, corner + n + 2], 1)
    upper = torch.stack([corner, corner + n + 2, corner + n + 1], 1)
    if mirror:  # every other triangle wound the other way, as in a mesh from a careless exporter
        upper = upper.flip(1)
    return shapes.orthographic(vertices), order[torch.cat([lower, upper])].int()


@pytest.mark.parametrize("mirror", [False, True], ids=["consistent", "mixed winding"])
@pytest.mark.parametrize("on_centers", [False, True], ids=["between centers", "vertices on centers"])
def test_a_mesh_covers_every_pixel_exactly_once(device, random, on_centers, mirror):
    pixels, quads = 32, 12  # the square is 24 pixels wide: vertices lie every 2 pixels, on corners of pixels
    for _ in range(4):
        order = torch.randperm((quads + 1) ** 2, generator=random)
        clip, faces = _grid(quads, order, mirror)
        if on_centers:
            clip[:, :2] += 1 / pixels  # half a pixel
        clip, faces = clip.to(device), faces.to(device)
        drawn = sum((rasterize(clip, face[None], (pixels, pixels))[..., 3] > 0).int() for face in faces)
        assert drawn.max() == 1
        assert drawn.sum() == 24 * 24
        assert (rasterize(clip, faces, (pixels, pixels))[..., 3] > 0).sum() == 24 * 24


def test_a_closed_sphere_has_no_holes_under_perspective(device):
    vertices, faces = shapes.sphere(3)
    clip = shapes.perspective(vertices, 4.0).float().to(device)
    seen = rasterize(clip, faces.to(device), (64, 64))[..., 3] > 0
    center = reference.pixel_centers((64, 64)).norm(dim=-1).to(device)
    assert seen[center < 0.5].all()
    assert not seen[center > 0.52].any()  # the outline of a unit sphere from 4 away: 2 tan(asin(1/4)) = 0.516


def test_triangles_behind_the_camera_draw_nothing(device, random):
    clip, faces = shapes.triangle_soup(random, 5)
    assert not rasterize(-clip.to(device), faces.to(device), (16, 16)).any()


def test_triangles_across_the_camera_plane_are_cut_as_the_reference_cuts_them(device, random):
    """One vertex behind the camera each; perspective keeps |z/w| <= 1 to the near plane."""
    size = (24, 24)
    points = 4 * torch.rand(18, 3, generator=random) - 2
    points[::3, 2] = 3.5  # behind a camera at z = 2
    points[:, 2].clamp_(max=3.5)
    faces = torch.arange(18, dtype=torch.int32).view(-1, 3)
    clip = shapes.perspective(points, 2.0)
    assert (clip[:, 3] < 0).any()
    clip = clip.to(device).requires_grad_()
    ours = rasterize(clip, faces.to(device), size)
    theirs = reference.rasterize(clip.detach().cpu(), faces, size)
    _, inside = reference.coverage(clip.detach().cpu(), faces, size)
    clear = (inside.abs() > 1e-5).all(0)
    assert (theirs[clear][:, 3] > 0).sum() > 50
    torch.testing.assert_close(ours.detach().cpu().double()[clear], theirs[clear], atol=2e-5, rtol=0)
    ours[..., :2].square().sum().backward()
    assert clip.grad.isfinite().all()


def test_a_surface_is_cut_at_the_near_and_far_planes_pixel_by_pixel(device):
    """A ramp from z/w = -2 at the left edge to 2 at the right one shows in the middle half only."""
    clip = torch.tensor([[-1.0, -3, -2, 1], [1, -3, 2, 1], [1, 3, 2, 1], [-1, 3, -2, 1]], device=device)
    clip = clip * torch.tensor([0.5, 2.0, 1.0, 3.0], device=device)[:, None]  # the planes are those of z/w, whatever w
    rast = rasterize(clip, torch.tensor([[0, 1, 2], [0, 2, 3]], dtype=torch.int32, device=device), (16, 16))
    assert (rast[:, 4:12, 3] > 0).all()
    assert not rast[:, :4].any()
    assert not rast[:, 12:].any()


def test_degenerate_and_broken_triangles_draw_nothing_and_leave_the_rest_alone(device):
    clip = torch.tensor([[-1.0, -1, 0, 1], [1, -1, 0, 1], [0, 1, 0, 1], [0, 0, 0, 0], [torch.nan, 0, 0, 1],
                         [torch.inf, 0, 0, 1], [0.5, -1, 0, 1]], device=device)  # fmt: skip
    good = torch.tensor([[0, 1, 2]], dtype=torch.int32, device=device)
    bad = torch.tensor([[0, 0, 1], [2, 2, 2], [0, 1, 6], [3, 3, 3], [0, 1, 4], [4, 5, 2]], dtype=torch.int32)
    bad = bad.to(device)
    assert not rasterize(clip, bad, (12, 12)).any()
    alone = rasterize(clip, good, (12, 12))
    clip.requires_grad_()
    among = rasterize(clip, torch.cat([good, bad]), (12, 12))
    torch.testing.assert_close(among.detach(), alone, atol=0, rtol=0)
    among.sum().backward()
    assert clip.grad.isfinite().all()


def test_an_empty_mesh_is_an_empty_picture_with_a_zero_gradient(device):
    clip = torch.zeros(3, 4, device=device, requires_grad=True)
    rast = rasterize(clip, torch.zeros(0, 3, dtype=torch.int32, device=device), (5, 7))
    assert rast.shape == (5, 7, 4)
    assert not rast.any()
    rast.sum().backward()
    assert not clip.grad.any()
    nothing = torch.zeros(0, 4, device=device)
    assert not rasterize(nothing, torch.zeros(0, 3, dtype=torch.int32, device=device), (5, 7)).any()


def test_wrong_types_and_shapes_are_named():
    clip, faces = torch.zeros(3, 4), torch.zeros(1, 3, dtype=torch.int32)
    with pytest.raises(TypeError, match="clip"):
        rasterize(clip.double(), faces, (4, 4))
    with pytest.raises(TypeError, match="faces"):
        rasterize(clip, faces.long(), (4, 4))
    with pytest.raises(ValueError, match="clip"):
        rasterize(clip[:, :3], faces, (4, 4))
    with pytest.raises(ValueError, match="faces"):
        rasterize(clip, faces[0], (4, 4))


def test_strided_inputs_draw_the_same_picture(device, random):
    clip, faces = (each.to(device) for each in shapes.triangle_soup(random, 8))
    strided_clip = torch.stack([clip, clip], -1)[..., 0]
    strided_faces = torch.stack([faces, faces], -1)[..., 0]
    assert not strided_clip.is_contiguous()
    torch.testing.assert_close(
        rasterize(strided_clip, strided_faces, (16, 16)), rasterize(clip, faces, (16, 16)), atol=0, rtol=0
    )
