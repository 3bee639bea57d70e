"""Parts of a film in which nothing is erased, copied as they are coded instead of encoded again."""
