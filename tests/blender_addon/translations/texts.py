"""All texts of the extension: what its classes tell Blender, what panels draw, and what errors and reports say."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import bpy

import blender_addon
from backend.scene import ARKIT
from blender_addon import registration
from blender_addon.link import rig
from blender_addon.rigs import expression_panel

FOLDER = Path(blender_addon.__file__).parent
DIALOGS = {"preferences", "job_operators", "refit"}  # what draws texts beside the panels
SAYING = {"UserError", "poll_message_set", "report", "translated", "draw_text"}  # what takes a sentence


def of_classes() -> set[str]:
    """Names, tooltips and choices of everything that is registered."""
    found = set()
    for cls in registration.CLASSES:
        rna = cls.bl_rna
        if issubclass(cls, bpy.types.Operator):
            rna = getattr(bpy.ops.likeness, cls.bl_idname.partition(".")[2]).get_rna_type()
        declared = {name for base in cls.__mro__ for name in inspect.get_annotations(base)}
        found |= {getattr(cls, "bl_label", ""), rna.description}
        for name in declared & set(rna.properties.keys()):
            found |= of_property(rna.properties[name])
    for name in ("likeness_color", "likeness_confidence"):
        found |= of_property(bpy.types.Material.bl_rna.properties[name])
    return found - {""}


def of_property(told) -> set[str]:
    """Name and tooltip of a property, and those of its choices."""
    items = getattr(told, "enum_items", ())
    return {told.name, told.description, *(item.name for item in items), *(item.description for item in items)}


def of_panels() -> set[str]:
    """What panels, menus and the preferences draw, as it stands in the sources, and the names of the sliders."""
    found = set(expression_panel.GROUPS) | sliders()
    for tree in trees(lambda path: path.stem.endswith("_panel") or path.stem in DIALOGS):
        for call in calls(tree):
            texts = [
                entry.value for entry in call.keywords if entry.arg in ("text", "title", "message", "confirm_text")
            ]
            texts += call.args if name_of(call) == "iface" else []
            found |= {text for node in texts for text in sentences(node)}
    return {text for text in found if any(letter.isalpha() for letter in text) and "{0}" not in text}


def sliders() -> set[str]:
    """The names of all sliders of expressions."""
    found = set()
    for group, beginnings in expression_panel.GROUPS.items():
        for name in (name for name in ARKIT if name.startswith(beginnings)):
            is_pair = name not in expression_panel._DIRECTIONS and rig.mirrored(name) != name
            side = "Right" if name.endswith("Right") else "Left"
            found.add(expression_panel.title_of(name.removesuffix(side) if is_pair else name, group))
    return found


def said() -> set[str]:
    """The sentences that stand where an error is raised, something is reported, or a button is off; {0} for a part."""
    found = set()
    for tree in trees(lambda path: "translations" not in path.parts):
        for call in (call for call in calls(tree) if name_of(call) in SAYING):
            found |= {text for node in call.args for text in sentences(node) if " " in text}
    return found


def trees(wanted) -> Iterator[ast.Module]:
    """The syntax trees of the extension's modules whose path is wanted."""
    for path in sorted(FOLDER.rglob("*.py")):
        if wanted(path):
            yield ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """All calls in a tree."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    """The name of what is called, without what it belongs to."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def sentences(node: ast.AST) -> Iterator[str]:
    """The texts that an expression may be; the parts of a formatted one become {0}, {1} …"""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        number = iter(range(len(node.values)))
        yield "".join(part.value if isinstance(part, ast.Constant) else f"{{{next(number)}}}" for part in node.values)
    elif isinstance(node, ast.IfExp | ast.BoolOp):
        for branch in (node.body, node.orelse) if isinstance(node, ast.IfExp) else node.values:
            yield from sentences(branch)
