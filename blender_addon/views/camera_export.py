"""Cameras with their photos into files that other programs read."""

from pathlib import Path

import bpy

from ..link import UserError
from ..translations.language import translated
from . import camera_files, capture_file, colmap, photo_camera, photo_list, scene_cameras
from .camera_build import photo_size
from .camera_objects import Cameras, selected_cameras


class LIKENESS_OT_export_cameras(bpy.types.Operator):
    """Write cameras and the names of their photos: a transforms.json (nerfstudio, instant-ngp) or a COLMAP model"""

    bl_idname = "likeness.export_cameras"
    bl_label = "Export Cameras"

    filepath: bpy.props.StringProperty(
        name="File", description="The file; for COLMAP the folder of the model", subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )  # fmt: skip
    check_existing: bpy.props.BoolProperty(
        name="Check", description="Warn before a file is overwritten", default=True, options={"HIDDEN"}
    )
    format: bpy.props.EnumProperty(
        name="Format", description="What to write",
        items=[
            ("TRANSFORMS", "transforms.json", "One file, as nerfstudio and instant-ngp read it"),
            ("COLMAP", "COLMAP Text Folder", "A folder with cameras.txt, images.txt and an empty points3D.txt"),
        ],
    )  # fmt: skip
    source: bpy.props.EnumProperty(
        name="Cameras", description="Which cameras to write",
        items=[
            ("LIST", "Ticked Photos", "Those of the ticked photos, known or solved"),
            ("SELECTED", "Selected Cameras", "The selected camera objects, as they stand in the scene"),
        ],
    )  # fmt: skip

    def invoke(self, context, event):
        if not self.filepath:
            self.filepath = capture_file.CAMERAS
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        told = []
        try:
            frames = _of_objects(context) if self.source == "SELECTED" else _of_photos(context.scene, told)
            target = self._target()
            if self.format == "COLMAP":
                colmap.write(frames, target, lambda frame: photo_size(Path(frame["file_path"])))
            else:
                camera_files.write_transforms(frames, target)
        except UserError as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}
        if told:
            self.report({"WARNING"}, " ".join(map(translated, told)))
        self.report({"INFO"}, translated(f"{len(frames)} cameras written to {target}"))
        return {"FINISHED"}

    def _target(self) -> Path:
        if not self.filepath:
            raise UserError("No file is named. Say where to write the cameras.")
        path = capture_file.absolute(Path(bpy.path.abspath(self.filepath)))
        if self.format == "COLMAP":
            return path.with_suffix("") if path.suffix == ".json" else path
        return path if path.suffix else path.with_suffix(".json")


def _of_objects(context) -> list[dict]:
    cameras = selected_cameras(context)
    if not cameras:
        raise UserError("No cameras are selected. Select camera objects in the viewport.")
    frames = []
    for built in cameras:
        path, frame = scene_cameras.frame_of(built, context.scene.render)
        frames.append({"file_path": path.as_posix(), **frame})
    return frames


def _of_photos(scene, told: list[str]) -> list[dict]:
    """The frames of the ticked photos; `told` gets the names of those whose camera nobody knows."""
    cameras, frames, unknown = Cameras(scene), [], []
    for photo in [photo for photo in scene.likeness.photos if photo.use]:
        frame = photo_list.listed(photo).frame
        if not photo.has_camera:
            built = cameras.of(photo_list.path_of(photo), photo.name)
            if built is None:
                unknown.append(photo.name)
                continue
            frame |= scene_cameras.frame_of(built, scene.render)[1]
        camera = photo_camera.camera_of(frame, photo.name, lambda photo=photo: photo_size(photo_list.path_of(photo)))
        frames.append({**frame, **photo_camera.frame_of(camera, photo_camera.distortion_of(frame))})
    if not frames:
        raise UserError("No ticked photo has a camera. Tick photos with cameras, or fit them first.")
    if unknown:
        told.append(f"Left out, because their cameras are not known: {', '.join(unknown)}.")
    return frames


CLASSES = (LIKENESS_OT_export_cameras,)
