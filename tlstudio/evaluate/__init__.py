"""Step 4: how good is it, and where does it fail."""
