"""One file per outside library, imported only when asked for."""
