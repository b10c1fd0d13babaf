"""The four drawing calls as one seam: Warp's kernels, or nvdiffrast for those who have it and may use it."""

from typing import Protocol

import torch

from ..errors import UserError
from .antialias import antialias
from .interpolate import interpolate
from .rasterize import rasterize
from .texture import texture

RENDERERS = ("auto", "warp", "nvdiffrast")


class Renderer(Protocol):
    """What the stages draw with. All tensors float32 but faces (int32), on the renderer's device, without a batch."""

    def rasterize(self, clip: torch.Tensor, faces: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
        """clip (V, 4), faces (F, 3), size (height, width) -> rast (H, W, 4): u, v, z/w, triangle + 1; bottom-up."""

    def interpolate(self, attributes: torch.Tensor, rast: torch.Tensor, faces: torch.Tensor) -> torch.Tensor:
        """attributes (V, C) -> (H, W, C); zero where rast (H, W, 4) is empty."""

    def texture(
        self,
        tex: torch.Tensor,
        uv: torch.Tensor,
        filter: str = "linear",
        uv_da: torch.Tensor | None = None,
        boundary: str = "wrap",
        level: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """tex (T, T2, C) at uv (H, W, 2) -> (H, W, C); `kernels.texture.texture` explains the rest."""

    def antialias(
        self,
        color: torch.Tensor,
        rast: torch.Tensor,
        clip: torch.Tensor,
        faces: torch.Tensor,
        adjacency: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """color (H, W, C) drawn from rast -> the same with silhouettes blended, which gives them a gradient."""


class WarpRenderer:
    """This package's own kernels, on the CPU and on CUDA."""

    rasterize = staticmethod(rasterize)
    interpolate = staticmethod(interpolate)
    texture = staticmethod(texture)
    antialias = staticmethod(antialias)


def choose_renderer(name: str = "auto", device: torch.device | str = "cpu") -> Renderer:
    """The renderer called `name` ("auto", "warp", "nvdiffrast") for tensors on `device`.

    "auto" is always Warp: nvdiffrast's license allows no commercial use, so it must be asked for by name.
    """
    if name not in RENDERERS:
        raise UserError(f"There is no renderer {name!r}. Choose one of: {', '.join(RENDERERS)}.")
    if name != "nvdiffrast":
        return WarpRenderer()
    from .nvdiffrast_renderer import NvdiffrastRenderer  # only for those who ask: it is no dependency

    return NvdiffrastRenderer(torch.device(device))
