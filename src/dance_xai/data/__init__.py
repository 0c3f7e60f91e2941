"""Clips, poses and official artefacts from disk. The I/O edge on the left."""
