"""The color of skin: that of a body is matched to the face."""
