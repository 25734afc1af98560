"""Step 4 of 7: policy. Finds a pack and reads it, with whatever is wrong with it."""

from pathlib import Path

from policy.document import Document, Fault, read
from policy.pack.faults import faults
from policy.pack.sharing_faults import sharing_faults
from policy.pack.whole import Pack

PACKS = Path(__file__).resolve().parents[2] / "data" / "policies"


def load_pack(source: str | Path) -> Pack:
    """The pack of this name in data/policies, or the pack in this file.

    Raises:
        FaultyFile: it is not there, or something in it is wrong; all of it is said.
    """
    return read_pack(source).sound()


def read_pack(source: str | Path) -> Document[Pack]:
    """The pack with whatever is wrong with it, each with its line. Raises nothing."""
    path = pack_path(source)
    if not path.exists():
        cure = f"Use one of: {', '.join(pack_names())}; or a file that exists."
        missing = Fault(str(path), 1, f"There is no pack `{source}`.", cure)
        return Document[Pack](str(path), {}, faults=(missing,))
    document = read(path, Pack)
    if document.model is None:
        return document
    found = (*faults(document, document.model), *sharing_faults(document, document.model))
    return document.having(found)


def pack_path(source: str | Path) -> Path:
    """Where a pack is: a name (children_and_families) stands for its file in data/policies."""
    is_file = isinstance(source, Path) or source.endswith(".yml")
    return Path(source) if is_file else PACKS / f"{source}.yml"


def pack_names() -> tuple[str, ...]:
    """The packs that ship with Heard."""
    return tuple(sorted(path.stem for path in PACKS.glob("*.yml")))
