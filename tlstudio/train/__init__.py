"""Step 3: fit what is not frozen, keep the best weights."""
