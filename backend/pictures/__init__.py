"""Pictures of a surface for people, and figures of how well they match the photos. Numpy buffers, world frame."""

from .contact_sheet import contact_sheet, preview, rows_of
from .figures import measure, psnr, silhouette_iou
from .shade import draw_clay, draw_unlit

__all__ = ["contact_sheet", "draw_clay", "draw_unlit", "measure", "preview", "psnr", "rows_of", "silhouette_iou"]
