"""The encoding of the paper's equation 4."""

import math

import pytest
import torch

from backend.fields.positional import encode, encoded_width


def test_paper_sizes():
    assert (encoded_width(3, 10), encoded_width(3, 4)) == (63, 27)
    assert encode(torch.zeros(5, 7, 3), 10).shape == (5, 7, 63)


def test_equation_four():
    value = torch.tensor([[0.3, -0.7]], dtype=torch.float64)
    expected = [0.3, -0.7]
    for octave in range(3):
        expected += [math.sin(2**octave * math.pi * v) for v in (0.3, -0.7)]
        expected += [math.cos(2**octave * math.pi * v) for v in (0.3, -0.7)]
    torch.testing.assert_close(encode(value, 3), torch.tensor([expected], dtype=torch.float64))


def test_no_octaves_leave_the_values():
    values = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(encode(values, 0), values)


def test_last_octave_tells_close_neighbors_apart():
    pair = torch.tensor([[0.0], [2.0**-10]])
    coarse, fine = encode(pair, 4), encode(pair, 10)
    assert float((coarse[0] - coarse[1]).abs().max()) < 0.03
    assert float((fine[0] - fine[1]).abs().max()) == pytest.approx(1.0, abs=1e-5)
