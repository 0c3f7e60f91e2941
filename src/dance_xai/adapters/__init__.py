"""Outside models behind the protocols: each file imports its library only when asked for."""
