"""Runnable measurements; the method of each is in README.md."""
