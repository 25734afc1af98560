"""Step 4 of 7: policy. A pack is one organisation's policy as data, read with line and cure.

names, rules, ladders, settings: the shapes; whole: the pack; loading and faults: the file.
"""

from policy.pack.ladders import URGENCIES, Clocks, Ladders, Rung, Seconds, Window
from policy.pack.loading import PACKS, load_pack, pack_names, pack_path, read_pack
from policy.pack.names import SUMMARY_WORDS, Code, Id, Summary, Text
from policy.pack.retention import Retention
from policy.pack.rules import Rule
from policy.pack.whole import Pack

__all__ = [
    "PACKS",
    "SUMMARY_WORDS",
    "URGENCIES",
    "Clocks",
    "Code",
    "Id",
    "Ladders",
    "Pack",
    "Retention",
    "Rule",
    "Rung",
    "Seconds",
    "Summary",
    "Text",
    "Window",
    "load_pack",
    "pack_names",
    "pack_path",
    "read_pack",
]
