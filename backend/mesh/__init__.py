"""Surfaces from signed distances: the tetrahedral lattice, marching tetrahedra, the visual hull, clean topology.

Signed distances are negative inside, everywhere. Lengths are in the normalized frame (unit sphere).
"""
