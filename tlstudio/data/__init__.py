"""Step 1: folders become labelled, grouped, split images."""
