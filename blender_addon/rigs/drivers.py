"""Drivers that follow shape keys, by expressions that Blender works out without running Python."""

import string

import bpy


def follow_keys(
    owner: bpy.types.ID, path: str, index: int, expression: str, keys: bpy.types.Key, blocks: list[bpy.types.ShapeKey]
) -> None:
    """Drive owner.path[index] (index -1: a single value) by the values of blocks, which `expression` calls a, b, c, ….

    `keys` is the datablock that holds the blocks.
    """
    driver = owner.driver_add(path, index).driver
    for name, block in zip(string.ascii_lowercase, blocks, strict=False):
        variable = driver.variables.new()
        variable.name = name
        target = variable.targets[0]
        target.id_type, target.id = "KEY", keys
        target.data_path = block.path_from_id("value")
    driver.expression = expression
