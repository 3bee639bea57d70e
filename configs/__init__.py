"""Every option of faceerase, its default and its range, in one place; and the files that change them."""
