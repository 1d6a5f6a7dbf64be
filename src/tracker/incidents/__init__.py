"""Reports to facts: which incident a figure belongs to, and what of it is news to the log."""
