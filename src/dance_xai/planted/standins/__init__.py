"""Weight-free parts that look at the pixels of planted videos and see nothing else of the planted world."""
