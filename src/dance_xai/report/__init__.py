"""Self-contained HTML pages. The I/O edge on the right."""
