"""The saved document: one folder of plain files."""
