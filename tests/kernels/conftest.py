"""Where the kernels are tested: on the CPU always, on CUDA where there is one."""

import pytest
import torch


def pytest_configure(config):
    config.addinivalue_line("markers", "cuda: needs an NVIDIA GPU")


_CUDA = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine"),
]


@pytest.fixture(params=["cpu", pytest.param("cuda", marks=_CUDA)])
def device(request) -> torch.device:
    return torch.device(request.param)


@pytest.fixture
def random() -> torch.Generator:
    """Seeded, on the CPU: inputs are the same on every device."""
    return torch.Generator().manual_seed(7)
