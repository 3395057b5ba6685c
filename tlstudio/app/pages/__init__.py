"""The pages of the wizard; none knows another."""
