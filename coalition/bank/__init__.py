"""Payments by bank files, as people work them: export, import, the lines that wait, matching by hand."""
