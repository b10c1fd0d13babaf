"""3D Gaussian splatting (Kerbl et al. 2023): a cloud of Gaussians, drawn by sorting them."""

import numpy as np
import torch

from ..kernels.splat import splat
from ..scene import Camera, Picture, Splats


class GaussianField:
    """The tensors of scene.Splats, float32, which a fit moves: `parts`, with sh as base (N, 3) and rest (N, K - 1, 3).

    `degree`: of the harmonics that are drawn; a fit starts with fewer than there are.
    """

    def __init__(self, splats: Splats, device: torch.device):
        arrays = {name: getattr(splats, name) for name in ("means", "log_scales", "rotations", "opacities")}
        arrays |= {"base": splats.sh[:, 0], "rest": splats.sh[:, 1:]}
        self.parts = {
            name: torch.tensor(array, dtype=torch.float32, device=device, requires_grad=True)
            for name, array in arrays.items()
        }
        self.degree = round(splats.sh.shape[1] ** 0.5) - 1

    def __len__(self) -> int:
        return len(self.parts["means"])

    def planes(self, camera: Camera) -> tuple[torch.Tensor, torch.Tensor]:
        """What training compares: red green blue alpha (4, H, W), differentiable, and depth (H, W)."""
        return splat(**self.parts, camera=camera, degree=self.degree)

    def draw(self, camera: Camera) -> Picture:
        """What a camera sees."""
        with torch.no_grad():
            planes, depth = (part.cpu().numpy() for part in self.planes(camera))
        color = np.minimum(np.moveaxis(planes[:3], 0, -1), planes[3, ..., None])  # white is the brightest there is
        return Picture(np.ascontiguousarray(color), planes[3].copy(), depth.copy())

    def splats(self) -> Splats:
        """The Gaussians as they are now."""
        parts = {name: part.detach().cpu().numpy().copy() for name, part in self.parts.items()}
        base, rest = parts.pop("base"), parts.pop("rest")
        return Splats(**parts, sh=np.concatenate([base[:, None], rest], 1))

    def arrays(self) -> dict[str, np.ndarray]:
        """For a checkpoint: the fields of `splats` under their names."""
        return vars(self.splats())

    @staticmethod
    def from_arrays(arrays: dict[str, np.ndarray], device: torch.device) -> "GaussianField":
        """The inverse of `arrays`."""
        return GaussianField(Splats(**arrays), device)
