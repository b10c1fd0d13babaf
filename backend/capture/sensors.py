"""Sensors of cameras that state a focal length but not their sensor's size: those whose maker publishes it.

Sizes are the makers' data sheets' (full frame, Nikon DX, Canon APS-C, Sony and Fujifilm APS-C, Four Thirds, 44 x 33).
Phones of Apple are told by their lens: focal length and 35 mm equivalent as Apple's own camera writes both.
"""

import re

_FULL, _DX, _CANON, _THIRDS, _MEDIUM = (36.0, 24.0), (23.5, 15.6), (22.3, 14.9), (17.3, 13.0), (43.8, 32.9)
_SENSORS = (
    ("canon", r"EOS (5D|6D|1D X|R|Ra|RP|R1|R3|R5|R6|R8)\b", _FULL),
    ("canon", r"EOS (7D|\d{2,4}D|(DIGITAL )?(Kiss|Rebel)|R7|R10|R50|R100|M\d*)\b", _CANON),
    ("nikon", r"\b(D[3-6][SX]?|D6[01]0|D7[058]0|D8\d0[AE]?|Df|Z ?[5-9f]|Z ?[5-8]_?[23])$", _FULL),
    ("nikon", r"\b(D\d0|D[123]00S?|D500|D[357]\d00|Z ?[35]0|Z ?fc)$", _DX),
    ("sony", r"^(ILCE-(7|9|1(?!\d))|DSC-RX1R?\b)", _FULL),
    ("sony", r"^(ILCE-[56]\d{3}|NEX-|ZV-E10)", _DX),
    ("fuji", r"^GFX", _MEDIUM),
    ("fuji", r"^(X-(T|E|H|S|Pro)\d|X100)", _DX),
    ("ricoh", r"\bGR( II| III)", _DX),
    ("leica", r"^(LEICA )?(M9|M10|M11|Q|SL)", _FULL),
    ("olympus", r"^(E-(M\d|P\d|PL\d|PM\d)|PEN-F)", _THIRDS),
    ("om digital", r"^OM-\d", _THIRDS),
    ("panasonic", r"^(DMC-G|DC-G)", _THIRDS),
    ("panasonic", r"^DC-S\d", _FULL),
)
_APPLE = {3.99: 28, 4.15: 29, 4.2: 26, 4.25: 26, 5.1: 26, 5.7: 26, 6.86: 24}  # focal length -> equivalent, millimeters


def sensor_of(make: str, model: str) -> tuple[float, float] | None:
    """Longer and shorter side in millimeters; None where the camera is not known."""
    for maker, pattern, size in _SENSORS:
        if maker in make.lower() and re.search(pattern, model, re.IGNORECASE):
            return size
    return None


def equivalent_of_lens(make: str, focal: float) -> float | None:
    """The 35 mm equivalent, millimeters, of a phone's lens of `focal` millimeters."""
    if make.lower() != "apple":
        return None
    return next((equivalent for told, equivalent in _APPLE.items() if abs(told - focal) < 0.01), None)
