"""Faces through time: scenes, camera motion, tracks both ways, shapes that do not boil."""
