"""Explainable video action recognition through motion, object and scene concepts (DANCE)."""
