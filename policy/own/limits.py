"""What an attached document may be, and how a refusal is said."""

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
# Inside a .docx: a small file can unpack to something huge.
MOST_UNPACKED_BYTES = 60 * MEGABYTE
MOST_MEMBERS = 2_000
MOST_PAGES = 300
MOST_CHARACTERS = 1_000_000
MOST_SECONDS = 30
MOST_MEMORY_BYTES = 1024 * MEGABYTE
SUFFIXES = (".docx", ".pdf", ".md")


class Refused(Exception):
    """Why the document cannot be attached, and what to do about it."""
