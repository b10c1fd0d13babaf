"""What lies where in a result folder. Standard library only."""

import json
from pathlib import Path

FORMAT = 1  # raised when an old reader would misread a new folder
FORMAT_KEY = "likeness_result"  # of report.json; its presence makes a folder a result

MESH = "head.glb"
CLEAN_MESH = "clean.glb"  # of heads whose shape photos made: the same head in the head model's topology
TEXTURES = {name: f"textures/{name}.png" for name in ("photo", "albedo", "normal", "confidence")}
CLEAN_TEXTURES = {name: f"textures/clean_{name}.png" for name in TEXTURES}
CAMERAS = "transforms.json"
MASKS = "masks"  # one for each view
OBSTRUCTION = "obstruction"  # how far each pixel was trusted, for the views in which anything disturbs
PHOTOS = "photos"  # only those that lie nowhere else as the fit used them
PREVIEW = "preview.png"
CONTACT_SHEET = "contact_sheet.png"
REPORT = "report.json"
CHECKPOINT = "checkpoint.safetensors"
SPLATS = "splats.ply"  # of Gaussians only

REQUIRED = (MESH, *TEXTURES.values(), CAMERAS, REPORT, CHECKPOINT)
OWNED = (
    MESH, CLEAN_MESH, "textures", CAMERAS, MASKS, OBSTRUCTION, PHOTOS, PREVIEW, CONTACT_SHEET, REPORT, CHECKPOINT,
    SPLATS,
)  # fmt: skip

# Names in the checkpoint: the surface with the vertex order of the fit, which head.glb splits at the seams.
VERTICES, FACES = "surface.vertices", "surface.faces"
UVS, UV_FACES = "atlas.uvs", "atlas.faces"
POLYGONS = "surface.polygons"  # of the head model's topology: quads; their halves are the faces, in this order
CLEAN = "clean."  # followed by any name of a mesh or a rig: that of CLEAN_MESH
MORPHS = "morphs."  # followed by the shape key's name
CORRECTIVES = "correctives."  # followed by the names of two shape keys with a plus between them
RIG_JOINTS, RIG_WEIGHTS, RIG_REGION = "rig.joints", "rig.weights", "rig.region"
EXPRESSIONS_KEY = "expressions"  # of report.json: the coefficients of the photos
HEAD_NEUTRAL = "head.neutral"  # the fitted head model's vertices at rest, in the model's own frame, meters
HEAD_MIRROR = "head.mirror"  # (V,) of a rigged mesh: the vertex on the other side; CLEAN before it: of the clean mesh
HEAD_METRE = "head.metre"  # the length of a meter in the result's frame
HEAD_OUTLINED = "head.outlined"  # 1 where the masks show the bare head, 0 where hair and clothes are its outline
# Where the pictures cut the subject off: a point and the direction away from what is kept; world frame.
CUT_POINT, CUT_NORMAL = "cut.point", "cut.normal"
# Where the field's unit sphere lies in the world: (3,) and a number. The report's settings name the representation.
BOUNDS_CENTER, BOUNDS_RADIUS = "bounds_center", "bounds_radius"
FIELD = "field."  # followed by the array's name; not there where no field was fitted


def is_result(folder: Path) -> bool:
    """Whether the folder was written by Likeness."""
    try:
        report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(report, dict) and FORMAT_KEY in report
