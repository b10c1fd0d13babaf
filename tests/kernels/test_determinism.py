"""The same bits on every run on the CPU; on CUDA the order of float atomics varies, and with it the last bits."""

import torch

from backend.kernels.antialias import antialias
from backend.kernels.interpolate import interpolate
from backend.kernels.rasterize import rasterize
from backend.kernels.texture import texture

from . import shapes


def _picture_and_gradients(device: torch.device) -> list[torch.Tensor]:
    random = torch.Generator().manual_seed(3)
    vertices, faces = shapes.sphere(3)
    leaves = [
        shapes.perspective(vertices, 3.0).float().to(device).requires_grad_(),
        torch.rand(len(vertices), 2, generator=random).to(device).requires_grad_(),
        torch.rand(33, 20, 3, generator=random).to(device).requires_grad_(),
    ]
    faces = faces.to(device)
    rast = rasterize(leaves[0], faces, (64, 64))
    uv = interpolate(leaves[1], rast, faces)
    level = 4 * torch.rand(64, 64, generator=random).to(device)
    color = texture(leaves[2], uv, "linear-mipmap-linear", level=level)
    picture = antialias(color * (rast[..., 3:] > 0), rast, leaves[0], faces)
    picture.square().sum().backward()
    return [picture.detach(), *(leaf.grad for leaf in leaves)]


def test_pictures_and_gradients_are_the_same_bits_twice_on_the_cpu():
    first, second = (_picture_and_gradients(torch.device("cpu")) for _ in range(2))
    for a, b in zip(first, second, strict=True):
        assert a.any()
        assert torch.equal(a, b)


def test_every_device_draws_the_picture_and_gradients_of_the_cpu(device):
    for ours, cpu in zip(_picture_and_gradients(device), _picture_and_gradients(torch.device("cpu")), strict=True):
        scale = float(cpu.abs().max())
        differing = ((ours.cpu() - cpu).abs() > 1e-3 * scale).float().mean()
        assert differing < 1e-3  # pixel centers within rounding of an edge
