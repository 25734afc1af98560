"""Files that are shipped with an export. They import nothing of Heard."""
