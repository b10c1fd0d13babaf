"""The renderer seam: what is chosen, what is said where it cannot be, and nvdiffrast where it is installed."""

import importlib.util
import sys

import pytest
import torch

from backend.errors import UserError
from backend.kernels.nvdiffrast_renderer import NvdiffrastRenderer, even_halvings
from backend.kernels.renderer import WarpRenderer, choose_renderer

from . import shapes

SIZE = (48, 64)


@pytest.mark.parametrize("name", ["auto", "warp"])
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_warp_is_chosen_unless_nvdiffrast_is_asked_for(name, device):
    assert isinstance(choose_renderer(name, device), WarpRenderer)


def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(UserError, match="auto, warp, nvdiffrast"):
        choose_renderer("opengl")


def test_nvdiffrast_on_the_cpu_says_what_to_do():
    with pytest.raises(UserError, match=r"CUDA devices only.*--renderer warp"):
        choose_renderer("nvdiffrast", "cpu")


def test_missing_nvdiffrast_says_how_to_get_it_and_that_it_is_not_for_commerce(monkeypatch):
    monkeypatch.setitem(sys.modules, "nvdiffrast.torch", None)  # an import of it fails, installed or not
    with pytest.raises(UserError, match=r"not installed.*pip install.*non-commercial"):
        choose_renderer("nvdiffrast", "cuda")


def test_the_four_calls_draw_a_textured_picture(device, random):
    renderer = choose_renderer("auto", device)
    clip, faces = (each.to(device) for each in shapes.triangle_soup(random, 6))
    clip.requires_grad_()
    tex = torch.rand(8, 8, 3, generator=random).to(device).requires_grad_()
    rast = renderer.rasterize(clip, faces, SIZE)
    uv = renderer.interpolate(torch.rand(len(clip), 2, generator=random).to(device), rast, faces)
    picture = renderer.antialias(renderer.texture(tex, uv), rast, clip, faces)
    assert picture.shape == (*SIZE, 3)
    picture.square().sum().backward()
    assert clip.grad.any()
    assert tex.grad.any()


@pytest.mark.parametrize(("size", "count"), [((8, 8), 3), ((8, 1), 3), ((12, 8), 2), ((5, 8), 0), ((1, 1), 0)])
def test_halvings_end_at_an_odd_side(size, count):
    assert even_halvings(*size) == count


@pytest.fixture
def nvdiffrast():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    if importlib.util.find_spec("nvdiffrast") is None:
        pytest.skip("nvdiffrast is not installed (its license is non-commercial: it is no dependency)")
    return NvdiffrastRenderer(torch.device("cuda"))


@pytest.mark.cuda
def test_warp_draws_what_nvdiffrast_draws(nvdiffrast, random):
    """Everything but antialias, which differs by design."""
    clip, faces = (each.cuda() for each in shapes.triangle_soup(random, 12))
    attributes = torch.rand(len(clip), 2, generator=random).cuda()
    tex = torch.rand(16, 16, 3, generator=random).cuda()
    level = 3 * torch.rand(SIZE, generator=random).cuda()
    weights = torch.randn(*SIZE, 3, generator=random).cuda()
    results = []
    for renderer in (WarpRenderer(), nvdiffrast):
        leaves = [each.clone().requires_grad_() for each in (clip, attributes, tex)]
        rast = renderer.rasterize(leaves[0], faces, SIZE)
        uv = renderer.interpolate(leaves[1], rast, faces)
        linear = renderer.texture(leaves[2], uv)
        mipped = renderer.texture(leaves[2], uv, "linear-mipmap-linear", level=level)
        ((linear + mipped) * weights * (rast[..., 3:] > 0)).sum().backward()
        results.append((rast.detach(), linear.detach(), mipped.detach(), *(leaf.grad for leaf in leaves)))
    same = results[0][0][..., 3] == results[1][0][..., 3]
    assert same.float().mean() > 0.995  # its vertices snap to 1/16 pixel
    for ours, theirs in zip(results[0][:3], results[1][:3], strict=True):
        torch.testing.assert_close(ours[same], theirs[same], atol=2e-3, rtol=0)
    for ours, theirs in zip(results[0][3:], results[1][3:], strict=True):
        assert torch.nn.functional.cosine_similarity(ours.flatten(), theirs.flatten(), 0) > 0.99
