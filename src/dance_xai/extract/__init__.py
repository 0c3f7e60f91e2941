"""Videos -> poses, features and affinities: every clip decoded once, results kept by content."""
