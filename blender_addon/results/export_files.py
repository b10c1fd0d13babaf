"""Writing a result of the scene to files: whole or not at all, and the artist finds everything as it was."""

import os
import shutil
import tempfile
from pathlib import Path

import bpy

from ..link import UserError
from . import artist_state, disk_watch, result_objects
from .export_formats import Format, Order
from .export_materials import PlainMaterials

SPLATS = "splats.ply"  # in a result folder, where the photos became Gaussians


def export(
    built: bpy.types.Object, path: Path, wanted: Format, embed: bool = True, animation: bool = True
) -> tuple[Path, list[str]]:
    """Write a head with its eyes and bones; returns the file and what got lost on the way. UserError in words.

    path: where no ending of the format is named, `embed` decides on it. animation: Actions too, where there are any.
    """
    path, embed = _target(path, wanted, embed)
    parts = result_objects.family_of(built)
    has_keys = any(part.type == "MESH" and part.data.shape_keys for part in parts)
    try:
        with tempfile.TemporaryDirectory(prefix=".likeness-", dir=path.parent) as scratch:
            made, beside = Path(scratch, "made"), f"{path.stem}_textures"
            made.mkdir()
            pictures = made / beside if wanted.takes_pictures_along and not embed else Path(scratch, "pictures")
            with artist_state.ObjectMode(), _Alone(parts), PlainMaterials(parts, pictures, path.stem) as lost:
                is_animated = animation and any(map(_is_animated, parts))
                wanted.write(Order(made / path.name, embed, beside, has_keys, is_animated))
            _move(made, path)
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror or error}). Choose another folder.") from error
    if has_keys and not wanted.applies_modifiers:
        lost += _lost_modifiers(parts)
    return path, lost


def has_splats(built: bpy.types.Object) -> bool:
    """Whether there are Gaussians in the result folder of the object."""
    return disk_watch.is_there(result_objects.folder_of(built) / SPLATS)


def copy_splats(built: bpy.types.Object, path: Path) -> Path:
    """The Gaussians of the result that an object came from, as they are; returns the file. UserError in words."""
    source = result_objects.folder_of(built) / SPLATS
    if not source.is_file():
        raise UserError(f"{source.parent} has no {SPLATS}. Generate the result with the method Gaussians.")
    path = path if path.suffix.lower() == ".ply" else path.with_name(path.name + ".ply")
    try:
        shutil.copyfile(source, path)
    except (OSError, shutil.SameFileError) as error:
        raise UserError(f"{path} cannot be written ({error}). Choose another file.") from error
    return path


def _target(path: Path, wanted: Format, embed: bool) -> tuple[Path, bool]:
    """The file with its ending, and whether pictures go into it: an ending that is named says so."""
    suffix = path.suffix.lower()
    if suffix not in wanted.suffixes:
        path = path.with_name(path.name + wanted.suffixes[not embed])
    elif len(set(wanted.suffixes)) == 2:
        embed = suffix == wanted.suffixes[0]
    if not path.parent.is_dir():
        raise UserError(f"There is no folder {path.parent}. Make it, or choose another.")
    return path, embed and wanted.can_embed


def _move(made: Path, path: Path) -> None:
    """All files from where they were made to beside `path`; `path` itself comes last."""
    files = [file for file in made.rglob("*") if file.is_file() and file.name != path.name]
    for file in [*files, made / path.name]:
        target = path.parent / file.relative_to(made)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(file, target)


def _is_animated(part: bpy.types.Object) -> bool:
    """Whether the object, its bones or its keys have Actions; drivers alone are no animation."""
    owners = (part, part.data.shape_keys if part.type == "MESH" else None)
    found = [owner.animation_data for owner in owners if owner is not None]
    return any(data is not None and (data.action is not None or len(data.nla_tracks)) for data in found)


def _lost_modifiers(parts: list[bpy.types.Object]) -> list[str]:
    return [
        f"The modifier {modifier.name} of {part.name} is not exported: shape keys would be lost. Apply it before, or "
        "export an OBJ."
        for part in parts
        if part.type == "MESH" and part.data.shape_keys
        for modifier in part.modifiers
        if modifier.type != "ARMATURE" and modifier.show_viewport
    ]


class _Alone:
    """A `with` block in which exactly these objects are selected, whether they are hidden or not."""

    def __init__(self, parts: list[bpy.types.Object]):
        self._parts = parts

    def __enter__(self) -> None:
        layer = bpy.context.view_layer
        absent = [part.name for part in self._parts if part.name not in layer.objects]
        if absent:
            raise UserError(f"{absent[0]} is not in this view layer. Switch its collection on in the Outliner.")
        self._hidden = [(part, part.hide_get(), part.hide_viewport, part.hide_select) for part in self._parts]
        for part in self._parts:
            part.hide_viewport = part.hide_select = False
            part.hide_set(False)
        for other in layer.objects:
            other.select_set(other in self._parts)
        layer.objects.active = self._parts[0]
        unseen = [part.name for part in self._parts if not part.visible_get()]
        if unseen:
            self.__exit__()
            raise UserError(f"The collection of {unseen[0]} is hidden. Show it in the Outliner.")

    def __exit__(self, *_) -> None:
        for part, hidden, hidden_everywhere, locked in self._hidden:
            part.hide_set(hidden)
            part.hide_viewport, part.hide_select = hidden_everywhere, locked
