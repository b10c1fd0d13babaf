"""What the texture stage can be told."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TextureConfig:
    """Settings of the texture stage; lengths are in the normalized frame (the subject inside the unit sphere)."""

    size: int = 2048  # texels along a side of every map: 1024 preview, 2048 standard, up to 8192
    gutter: int = 8  # texels of a chart's own colors kept free around it
    max_angle: float = 75.0  # degrees between a view's ray and the normal beyond which the view is not used
    angle_power: float = 1.5  # a view's weight is cos(angle) to this power
    trust_margin: float = 3.0  # pixels from a depth edge or the mask's rim until a pixel is trusted in full
    depth_tolerance: float = 0.006  # unit lengths by which a point may lie behind a view's depth map and be seen
    robust_scale: float = 0.1  # sRGB difference from the consensus at which a sample's weight is halved
    optimize_epochs: int = 2  # rounds of back-projection over all views
    photo_pixels: int = 60_000_000  # all photos together are held at no more than this many pixels
    light: str = "auto"  # "world", "camera" (a turntable: the light moves with the camera) or "auto"
    device: str = "cpu"  # where the kernels run: "cpu" or "cuda"
    threads: int = 2  # Python threads that launch kernels on the CPU
    seed: int = 0  # picks the surface points that exposure and light are measured at
