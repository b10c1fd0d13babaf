"""A head model fitted to photos: cameras, identity and expressions by least squares."""
