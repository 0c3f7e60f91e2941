"""Why this prediction: exact sums, matching windows. Pure arrays."""
