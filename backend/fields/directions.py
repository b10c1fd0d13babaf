"""Fixed features of directions: real spherical harmonics."""

import torch

from ..kernels.spherical_harmonics import evaluate_harmonics


def harmonics(directions: torch.Tensor, degree: int = 4) -> torch.Tensor:
    """directions (N, 3) of unit length -> (N, degree²): the bands below `degree` (1 to 4), orthonormal on the sphere.

    Order and signs are instant-ngp's, which for unit directions are those of 3D Gaussian splatting as well. A radiance
    field's directions come from photos: they get no gradient.
    """
    return evaluate_harmonics(directions.detach(), degree)
