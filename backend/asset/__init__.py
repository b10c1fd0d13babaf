"""The result folder: what a fit leaves behind, written whole or not at all, and read by the extension.

`reader`, `tensors` and `layout` need numpy and the standard library only, because they run inside Blender's
Python; everything that needs Pillow, pygltflib or safetensors is imported by the writing side alone.
"""
