"""Clips x backbone -> features; clips x phrases x dual encoder -> affinities. Pure arrays."""
