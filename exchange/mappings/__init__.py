"""The mappings that ship, one TOML file each, and the way to load those or one's own."""

from pathlib import Path

from exchange.domain.errors import MappingError
from exchange.domain.loading import parse_mapping
from exchange.domain.mapping import Mapping

_FOLDER = Path(__file__).parent
SIZE_LIMIT = 200_000


def mapping_names() -> tuple[str, ...]:
    """Return the names of the shipped mappings, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def load_mapping(path_or_name: Path | str) -> Mapping:
    """Return a mapping by the name of a shipped one, or by the path of a TOML file.

    Raises ``MappingError``: ``mapping_not_found`` (``known`` lists the shipped names), or whatever
    is wrong with the file.
    """
    name, text = mapping_text(path_or_name)
    return parse_mapping(text, name=name)


def mapping_text(path_or_name: Path | str) -> tuple[str, str]:
    """Return the name and the TOML text of a mapping, not yet judged; refused as above."""
    text = str(path_or_name)
    path = _FOLDER / f"{text}.toml" if text in mapping_names() else Path(text)
    try:
        # A mapping is a page of text; anything larger is some other file.
        content = path.read_text(encoding="utf-8-sig") if path.stat().st_size < SIZE_LIMIT else ""
    except (OSError, ValueError) as error:
        known = ", ".join(mapping_names())
        raise MappingError("mapping_not_found", key=text, example="projekt", known=known) from error
    return path.stem, content
