"""Work beside Blender: requests, the process that carries them out, and how far it is."""
