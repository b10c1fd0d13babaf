"""Values from outside: JSON becomes dataclasses, every name and type checked, and what is wrong is said in words.

Standard library only.
"""

import dataclasses
import math
import types
import typing
from functools import cache

from .errors import LikenessError, UserError


class ProtocolError(LikenessError):
    """A line that the other side could not have meant: the two sides differ in version, or one has a bug."""


_hints = cache(typing.get_type_hints)


def build(cls: type, values: object, what: str):
    """A dataclass from JSON values, every name and type checked."""
    if not isinstance(values, dict):
        raise ProtocolError(f"{what} must be a JSON object, not {values!r}.")
    unknown = sorted(set(values) - set(_hints(cls)))
    if unknown:
        raise ProtocolError(f"{what} has unknown fields: {', '.join(unknown)}.")
    fields = dataclasses.fields(cls)
    missing = [f.name for f in fields if f.default is dataclasses.MISSING and f.name not in values]
    if missing:
        raise ProtocolError(f"{what} lacks the fields: {', '.join(missing)}.")
    return cls(**{name: _convert(_hints(cls)[name], value, f"{what}.{name}") for name, value in values.items()})


def _convert(hint: object, value: object, what: str):
    """A JSON value as the type that the field declares."""
    if hasattr(hint, "from_json"):  # a request inside a command
        return hint.from_json(value)
    if isinstance(hint, types.UnionType):  # the only unions are `... | None`
        return None if value is None else _convert(typing.get_args(hint)[0], value, what)
    if hint in (tuple[str, ...], tuple[float, ...]) and isinstance(value, list):
        return tuple(_convert(typing.get_args(hint)[0], item, what) for item in value)
    if hint is float and type(value) in (int, float):
        return float(value)
    if isinstance(hint, type) and type(value) is hint:
        return value
    raise ProtocolError(f"{what} has the wrong type: {value!r}.")


def need_text(name: str, value: str, advice: str) -> None:
    if not value.strip():
        raise UserError(f"{name} is empty. {advice}")


def need_choices(request: object, choices: dict[str, tuple[str, ...]]) -> None:
    for name, allowed in choices.items():
        value = getattr(request, name)
        if value not in allowed:
            raise UserError(f"{name} cannot be {value!r}. Use one of: {', '.join(allowed)}.")


def need_time(limit: float | None) -> None:
    if limit is not None and not (math.isfinite(limit) and limit > 0):
        raise UserError(f"time_limit cannot be {limit}. Give seconds above 0, or leave it out.")


def need_within(name: str, value: float | None, least: int, most: int, unit: str) -> None:
    if value is not None and not least <= value <= most:
        raise UserError(f"{name} cannot be {value}. Use {least} to {most} {unit}.")
