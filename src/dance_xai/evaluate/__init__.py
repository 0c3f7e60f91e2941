"""Accuracy, sparsity, concept quality and controls. Pure arrays."""
