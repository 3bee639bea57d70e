"""The command line: options in, exit codes out. The only place that prints, and that knows of terminals."""
