"""A planted world whose true motions, objects, scenes and shortcut are known."""
