"""Photos and the faces in them: reading, checking, splitting, packing."""
