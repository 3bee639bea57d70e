"""What a batch is given: files, folders, globs, lists, a watched folder; and the names of what comes out."""
