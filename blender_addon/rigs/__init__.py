"""Shape keys, armature, recordings: a head that moves."""
