"""NVIDIA's nvdiffrast behind our four calls, where the user has installed it.

It is no dependency of ours: its license (Nvidia Source Code License (1-Way Commercial), section 3.3) allows
non-commercial use only, it needs a CUDA GPU, and it is built from source. Its antialiasing differs from
ours by design: docs/decisions/0005-kernels.md.
"""

import importlib

import torch

from ..errors import UserError
from .texture import BOUNDARIES, FILTERS

_HOW_TO = (
    "It needs an NVIDIA GPU and the CUDA toolkit, and is built from its source: "
    "pip install git+https://github.com/NVlabs/nvdiffrast --no-build-isolation. "
    "Its license allows non-commercial use only. "
    "--renderer warp needs nothing of this and gives results of the same kind."
)


class NvdiffrastRenderer:
    """A `Renderer` that forwards to nvdiffrast's CUDA rasterizer, adding and removing its batch axis."""

    def __init__(self, device: torch.device):
        if device.type != "cuda":
            raise UserError(f"nvdiffrast draws on CUDA devices only, and this job runs on {device.type}. {_HOW_TO}")
        try:
            self._dr = importlib.import_module("nvdiffrast.torch")
        except ImportError as error:
            raise UserError(f"nvdiffrast is not installed here, or cannot be loaded ({error}). {_HOW_TO}") from error
        self._context = self._dr.RasterizeCudaContext(device=device)

    def rasterize(self, clip: torch.Tensor, faces: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
        """As `Renderer.rasterize`; an empty mesh is an empty picture."""
        if len(faces) == 0:
            return clip.new_zeros((*size, 4))
        return self._dr.rasterize(self._context, clip[None].contiguous(), faces, resolution=size, grad_db=False)[0][0]

    def interpolate(self, attributes: torch.Tensor, rast: torch.Tensor, faces: torch.Tensor) -> torch.Tensor:
        """As `Renderer.interpolate`."""
        if len(faces) == 0:
            return attributes.new_zeros((*rast.shape[:2], attributes.shape[1]))
        return self._dr.interpolate(attributes[None].contiguous(), rast[None].contiguous(), faces)[0][0]

    def texture(
        self,
        tex: torch.Tensor,
        uv: torch.Tensor,
        filter: str = "linear",
        uv_da: torch.Tensor | None = None,
        boundary: str = "wrap",
        level: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """As `Renderer.texture`; mip levels end where a side is odd, which is as far as nvdiffrast builds them."""
        if filter not in FILTERS or boundary not in BOUNDARIES:
            raise ValueError(f"filter {filter!r} must be one of {FILTERS}, boundary {boundary!r} one of {BOUNDARIES}")
        options = {}
        if filter == "linear-mipmap-linear":
            if (uv_da is None) == (level is None):
                raise ValueError("linear-mipmap-linear needs either uv_da (H, W, 4) or level (H, W)")
            options["max_mip_level"] = even_halvings(tex.shape[0], tex.shape[1])
            if uv_da is None:
                options["mip_level_bias"] = level[None].contiguous()
            else:
                options["uv_da"] = uv_da[None].detach().contiguous()
        tex, uv = tex[None].contiguous(), uv[None].contiguous()
        return self._dr.texture(tex, uv, filter_mode=filter, boundary_mode=boundary, **options)[0]

    def antialias(
        self,
        color: torch.Tensor,
        rast: torch.Tensor,
        clip: torch.Tensor,
        faces: torch.Tensor,
        adjacency: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """As `Renderer.antialias`; nvdiffrast finds the edges itself, so `adjacency` is not read."""
        if len(faces) == 0:
            return color
        batched = (color[None].contiguous(), rast[None].contiguous(), clip[None].contiguous())
        return self._dr.antialias(*batched, faces)[0]


def even_halvings(rows: int, columns: int) -> int:
    """How many times both sides can be halved before one that is longer than a texel is odd."""
    halvings = 0
    while (rows > 1 or columns > 1) and all(size == 1 or size % 2 == 0 for size in (rows, columns)):
        rows, columns = max(rows // 2, 1), max(columns // 2, 1)
        halvings += 1
    return halvings
