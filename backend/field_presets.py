"""What preview, standard and high mean for each representation, on the CPU and on CUDA."""

from dataclasses import replace

from .fields.hash import HashConfig
from .fields.hash_encoding import HashEncodingConfig
from .fields.marched import MarchConfig
from .fields.nerf import NerfConfig
from .fields.sdf import SdfConfig
from .fit.fields import FieldFit
from .fit.hash import HashFit
from .fit.nerf import NerfFit
from .fit.radiance import RayPlan
from .fit.sdf import SdfFit
from .fit.splatting import GaussianFit, Rates


def field_for(representation: str, preset: str, device: str) -> FieldFit | None:
    """The fit of a representation on "cpu" or "cuda"; None for the surface, which needs no field."""
    if representation == "surface":
        return None
    return _FITS[representation][device == "cuda"](_PRESETS.index(preset))


def leaner_field(fit: FieldFit | None) -> FieldFit | None:
    """The same fit with about half the memory."""
    if fit is None:
        return None
    if isinstance(fit, GaussianFit):
        return replace(fit, side=fit.side // 2, cap=fit.cap // 2)
    return replace(fit, plan=replace(fit.plan, side=fit.plan.side // 2, rays=fit.plan.rays // 2))


_PRESETS = ("preview", "standard", "high")

# Without a GPU, a step costs what its samples cost: the networks are narrow, the tables fit into the cache, and
# photos are read at the size that the steps can do justice to. With one, sizes are those of the papers.


def _hash_cpu(level: int) -> HashFit:
    plan = RayPlan((256, 384, 512)[level], (500, 1500, 4000)[level], 4096, (100, 250, 500)[level])
    encoding = HashEncodingConfig(8, 2, (16, 17, 18)[level], finest=(256, 512, 768)[level])
    march = MarchConfig(step=(0.012, 0.01, 0.008)[level])
    return HashFit(plan, HashConfig(encoding, march, width=32, degree=3))


def _hash_cuda(level: int) -> HashFit:
    plan = RayPlan((512, 1024, 2048)[level], (3000, 10_000, 30_000)[level], 8192, (300, 1000, 3000)[level])
    encoding = HashEncodingConfig(16, 2, 19, finest=(512, 1024, 2048)[level])
    return HashFit(plan, HashConfig(encoding, MarchConfig(step=(0.006, 0.004, 0.0025)[level], most=1024)))


def _sdf_cpu(level: int) -> SdfFit:
    plan = RayPlan((256, 384, 512)[level], (500, 2000, 5000)[level], 2048, (60, 250, 500)[level])
    encoding = HashEncodingConfig(8, 2, (16, 17, 18)[level], finest=(512, 512, 768)[level], smooth=True)
    return SdfFit(plan, SdfConfig(encoding, degree=2, sharpness=200.0), network_rate=1e-2, coarse=8)


def _sdf_cuda(level: int) -> SdfFit:
    plan = RayPlan((512, 1024, 1024)[level], (3000, 10_000, 20_000)[level], 8192, (300, 1000, 2000)[level])
    encoding = HashEncodingConfig(14, 2, 19, base=32, finest=(512, 1024, 2048)[level], smooth=True)
    march = MarchConfig(step=(0.01, 0.008, 0.006)[level], most=512)
    return SdfFit(plan, SdfConfig(encoding, march, sharpness=200.0))


def _nerf_cpu(level: int) -> NerfFit:
    plan = RayPlan((128, 128, 192)[level], (700, 2800, 6000)[level], 512, (60, 250, 500)[level], 50, 0.05)
    samples = (14, 14, 16)[level]
    narrow = NerfConfig(
        width=64, depth=4, skip=2, color_width=32, position_octaves=8, direction_octaves=1,
        coarse=samples, fine=samples,
    )  # fmt: skip
    return NerfFit(plan, narrow, rate=1e-2)


def _nerf_cuda(level: int) -> NerfFit:
    plan = RayPlan((256, 512, 512)[level], (3000, 10_000, 30_000)[level], 1024, (300, 1000, 3000)[level], 500)
    return NerfFit(plan)


def _gaussian_cpu(level: int) -> GaussianFit:
    sides, caps = (256, 384, 512), (10_000, 20_000, 30_000)
    return GaussianFit((600, 1500, 4000)[level], (100, 250, 500)[level], sides[level], caps[level])


def _gaussian_cuda(level: int) -> GaussianFit:
    rates = Rates(means=7e-4, log_scales=5e-3, rotations=1e-3, opacities=5e-2, base=2.5e-3, rest=1.25e-4)
    return GaussianFit(
        (3000, 7000, 30_000)[level], (300, 700, 3000)[level], (512, 1024, 2048)[level],
        (50_000, 200_000, 1_000_000)[level], start=(0.5, 0.3, 0.2)[level], rates=rates, last_rate=1.0, rise=0.2,
    )  # fmt: skip


_FITS = {
    "hash": (_hash_cpu, _hash_cuda),
    "sdf": (_sdf_cpu, _sdf_cuda),
    "nerf": (_nerf_cpu, _nerf_cuda),
    "gaussian": (_gaussian_cpu, _gaussian_cuda),
}
