"""What a job has made becomes objects, meshes and materials."""
