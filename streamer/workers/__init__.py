"""Units of work, and the workers that do them: one seam, an executor of processes behind it."""
