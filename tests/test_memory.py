"""Running out of memory is told from every other failure."""

import numpy as np
import pytest
import torch

from backend.memory import is_out_of_memory


@pytest.mark.parametrize("ask", [lambda: torch.empty(1 << 50), lambda: np.empty(1 << 50)])
def test_failed_allocations_are_recognized(ask):
    with pytest.raises((RuntimeError, MemoryError)) as caught:
        ask()
    assert is_out_of_memory(caught.value)


def test_gpu_memory_is_recognized():
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))


@pytest.mark.parametrize("error", [RuntimeError("shapes differ"), ValueError("can't allocate memory"), KeyError()])
def test_other_errors_are_not(error):
    assert not is_out_of_memory(error)
