"""Step 2: a pretrained backbone gets a new head."""
