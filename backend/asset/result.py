"""What a fit hands over to be kept."""

from dataclasses import dataclass, field

import numpy as np

from ..scene import Capture, Rig, Splats, TexturedSurface


@dataclass(frozen=True)
class CleanMesh:
    """The same head in the head model's topology, world frame; polygons (P, 4) as in Result."""

    textured: TexturedSurface
    polygons: np.ndarray
    rig: Rig


@dataclass(frozen=True)
class Result:
    """Everything that a result folder holds, in the capture's world frame and units."""

    textured: TexturedSurface
    capture: Capture  # with the cameras as they were used
    report: dict  # of report.build_report: plain JSON values
    preview: np.ndarray  # (H, W, 3) float sRGB in [0, 1]
    contact_sheet: np.ndarray  # (H, W, 3) float sRGB in [0, 1]
    base_color: str = "photo"  # or "albedo": the map that head.glb carries
    checkpoint: dict[str, np.ndarray] = field(default_factory=dict)  # what a re-fit starts from
    rig: Rig | None = None  # of heads: what makes the surface, which then is neutral, move; world frame
    splats: Splats | None = None  # of a Gaussian fit, world frame: splats.ply
    # Where the surface has a head model's topology: (P, 4) int32 into its vertices, -1 in the last place of a triangle;
    # the surface's faces are their halves (scene.polygons), in this order.
    polygons: np.ndarray | None = None
    clean: CleanMesh | None = None  # of heads whose shape photos made: clean.glb
