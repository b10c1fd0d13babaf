"""Tables for people and for RESULTS.md."""

from collections.abc import Sequence


def markdown(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table whose columns line up; numbers are aligned to the right."""
    cells = [[_text(value) for value in row] for row in rows]
    widths = [max(len(line[k]) for line in [list(header), *cells]) for k in range(len(header))]
    numeric = [
        bool(rows) and all(isinstance(row[k], (int, float, type(None))) for row in rows) for k in range(len(header))
    ]
    rule = ["-" * (w - 1) + ":" if right else "-" * w for w, right in zip(widths, numeric, strict=True)]
    return "\n".join("| " + " | ".join(_pad(line, widths, numeric)) + " |" for line in [list(header), rule, *cells])


def _pad(line: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> list[str]:
    return [t.rjust(w) if right else t.ljust(w) for t, w, right in zip(line, widths, numeric, strict=True)]


def _text(value: object) -> str:
    """Four digits of a number; a dash for what is not known."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)
