"""Pictures of a surface for people, and figures of how well they match the photos. Numpy buffers, world frame."""

from .contact_sheet import contact_sheet, pictures_of, preview, rows_of
from .figures import measure, measure_drawn, psnr, silhouette_iou
from .mesh_drawer import mesh_drawer
from .shade import draw_clay, draw_unlit
from .turntable import turntable

__all__ = [
    "contact_sheet",
    "draw_clay",
    "draw_unlit",
    "measure",
    "measure_drawn",
    "mesh_drawer",
    "pictures_of",
    "preview",
    "psnr",
    "rows_of",
    "silhouette_iou",
    "turntable",
]
