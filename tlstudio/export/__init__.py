"""Step 5: a file that others can run."""
