"""Every edit returns a new model and an Edit record. Pure arrays."""
