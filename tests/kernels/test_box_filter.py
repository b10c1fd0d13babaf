"""Window sums against a convolution with ones."""

import pytest
import torch

from backend.kernels.box_filter import box_sum


@pytest.mark.parametrize(
    ("shape", "radius"), [((2, 9, 13), 2), ((1, 5, 4), 0), ((3, 4, 6), 7), ((1, 40, 33), 3)], ids=str
)
def test_sums_match_a_convolution(device, random, shape, radius):
    planes = torch.randn(*shape, generator=random)
    window = torch.ones(1, 1, 2 * radius + 1, 2 * radius + 1, dtype=torch.float64)
    expected = torch.nn.functional.conv2d(planes.double()[:, None], window, padding=radius)[:, 0]
    torch.testing.assert_close(box_sum(planes.to(device), radius).cpu().double(), expected, atol=1e-4, rtol=0)
