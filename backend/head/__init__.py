"""Heads: their models, landmarks of faces in photos, and fitting the one to the other."""
