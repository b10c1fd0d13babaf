"""Telling that memory has run out from every other failure."""

import torch


def is_out_of_memory(error: BaseException) -> bool:
    """Whether numpy, torch (on the CPU or on a GPU) or Warp could not get the memory that they asked for."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and ("can't allocate memory" in text or "failed to allocate" in text)
