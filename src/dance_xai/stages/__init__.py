"""The stages of the pipeline, each a function from settings and nouns to a noun. Pure arrays."""
