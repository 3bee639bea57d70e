"""A camera, clean, now: the newest picture wins, none is shown before it was looked at."""
