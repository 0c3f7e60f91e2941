"""Concept layers, the sparse head, and the one model class. Pure arrays."""
