"""A field's config as an array, so that a checkpoint of arrays is enough to build the field again."""

import dataclasses
import json
import typing

import numpy as np


def to_array(config) -> np.ndarray:
    """A (nested) dataclass of numbers, strings, bools and tuples -> its JSON as bytes (B,) uint8."""
    return np.frombuffer(json.dumps(dataclasses.asdict(config)).encode("ascii"), np.uint8)


def from_array(cls: type, array: np.ndarray):
    """The inverse of to_array for the dataclass `cls`."""
    return _build(cls, json.loads(np.asarray(array, np.uint8).tobytes().decode("ascii")))


def _build(cls: type, values: dict):
    hints = typing.get_type_hints(cls)

    def convert(name: str, value):
        if dataclasses.is_dataclass(hints[name]):
            return _build(hints[name], value)
        return tuple(value) if isinstance(value, list) else value

    return cls(**{name: convert(name, value) for name, value in values.items()})
