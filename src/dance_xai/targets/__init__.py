"""What the concept layer must predict. Pure arrays."""
