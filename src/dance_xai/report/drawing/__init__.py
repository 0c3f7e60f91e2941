"""Lines, areas and words as data, and two ways to show them: vectors (SVG) and pixels (Pillow)."""
