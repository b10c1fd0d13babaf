"""What preview, standard and high mean. Everything a preset decides stands here."""

from dataclasses import dataclass, replace

from .capture import CaptureConfig
from .errors import UserError
from .field_presets import field_for, leaner_field
from .fit.dmtet import DmtetConfig
from .fit.fields import FieldFit
from .fit.objective import ObjectiveConfig
from .fit.refine import RefineConfig
from .fit.surface import LatticeLevel, RefineLevel, SurfaceConfig
from .protocol import FitRequest
from .texture import TextureConfig


@dataclass(frozen=True)
class Settings:
    """One config for each stage."""

    capture: CaptureConfig
    surface: SurfaceConfig
    first_passes: int  # how many of surface.passes run before the held-out views are measured and joined
    texture: TextureConfig
    field: FieldFit | None = None  # of the representation, where the surface alone is not enough


# The first lattices start far from the truth: windows that fit badly are still heard, and occlusion is judged loosely.
_FAR = ObjectiveConfig(worst=1.5, tolerance=0.08)
_NEAR = ObjectiveConfig(worst=1.2, tolerance=0.05)
_FINE = ObjectiveConfig()


def _surface(
    lattice_steps: int,
    lattices: tuple[int, int],
    triangles: int,
    passes: list[tuple[int, int]],
    detail: tuple[int, int] | None = None,
) -> SurfaceConfig:
    first, second = lattices
    return SurfaceConfig(
        lattices=(
            LatticeLevel(128, DmtetConfig(resolution=first, steps=lattice_steps), _FAR),
            LatticeLevel(256, DmtetConfig(resolution=second, steps=lattice_steps), _NEAR),
        ),
        triangles=triangles,
        passes=tuple(_refinement(*level) for level in passes),
        detail=_refinement(*detail) if detail else None,
    )


def _refinement(side: int, steps: int) -> RefineLevel:
    return RefineLevel(side, RefineConfig(steps=steps), _FINE)


_QUICK_TEXELS = 1024  # along a side of the maps
_FIELD_TRIANGLES = 60_000  # at least, where a field is fitted: beside its time, those of a finer mesh are few

_PRESETS = {
    "preview": (1024, 1024, 1, 1, _surface(32, (40, 56), 30_000, [(256, 30), (512, 20)])),
    "standard": (2048, 2048, 2, 2, _surface(48, (40, 64), 60_000, [(256, 40), (512, 60), (768, 40)], (768, 30))),
    "high": (4096, 4096, 2, 2, _surface(60, (40, 64), 150_000, [(256, 40), (512, 100), (1024, 120)], (1024, 40))),
}


def settings_for(request: FitRequest, device: str) -> Settings:
    """The settings that a validated request asks for, on "cpu" or "cuda"."""
    if request.preset not in _PRESETS:
        raise UserError(f"There is no preset {request.preset!r}. Use one of: {', '.join(_PRESETS)}.")
    photo_side, texels, epochs, first_passes, surface = _PRESETS[request.preset]
    field = field_for(request.representation, request.preset, device)
    if field is not None:
        surface = replace(surface, triangles=max(surface.triangles, _FIELD_TRIANGLES))
    return Settings(
        capture=CaptureConfig(subject=request.subject, views=request.views, max_side=photo_side),
        surface=surface,
        first_passes=first_passes,
        texture=TextureConfig(size=texels, optimize_epochs=epochs, device=device, seed=request.seed),
        field=field,
    )


def quick(texture: TextureConfig) -> TextureConfig:
    """About the same textures in a fraction of the time."""
    return replace(texture, size=min(texture.size, _QUICK_TEXELS), optimize_epochs=1)


def leaner(settings: Settings) -> Settings:
    """The same fit with about half the memory."""
    capture = replace(settings.capture, max_side=settings.capture.max_side // 2)
    texture = replace(settings.texture, size=settings.texture.size // 2)
    surface = replace(settings.surface, triangles=settings.surface.triangles // 2, detail=None)
    return replace(settings, capture=capture, texture=texture, surface=surface, field=leaner_field(settings.field))
