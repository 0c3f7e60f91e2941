"""One workflow per command: read at one edge, call the pure middle, write at the other edge."""
