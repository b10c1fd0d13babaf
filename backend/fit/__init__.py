"""Moving a surface until its silhouettes and its texture agree with the photos.

This stage drives `mesh`: what is fitted is either the signed distances of a tetrahedral lattice (DMTet)
or the vertices of a fixed topology. Everything is in the normalized frame.
"""
