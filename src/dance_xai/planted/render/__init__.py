"""From a planted world to pictures: people, things and places drawn through the clip's camera."""
