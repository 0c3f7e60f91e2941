"""Pose tracks -> motion concepts: windows, normalisation, clustering, discovery. Pure arrays."""
