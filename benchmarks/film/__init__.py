"""What a film costs, beside the plain transcode of it and beside deface; the method is in ../README.md."""
