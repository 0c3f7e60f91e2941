"""Phrases -> object and scene concepts: filters with reasons. Pure arrays."""
