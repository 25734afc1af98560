"""The commands of `heard`, one file a noun (design.md section 6)."""
