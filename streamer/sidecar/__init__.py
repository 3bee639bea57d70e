"""The report beside a film: what went in, what came out, who was erased when, what it cost."""
