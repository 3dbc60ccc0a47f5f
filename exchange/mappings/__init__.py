"""The mappings that ship, one TOML file each, and the way to load those or one's own."""

from pathlib import Path

from exchange.domain.errors import MappingError
from exchange.domain.loading import parse_mapping
from exchange.domain.mapping import Mapping

_FOLDER = Path(__file__).parent
_SIZE_LIMIT = 200_000


def mapping_names() -> tuple[str, ...]:
    """Return the names of the shipped mappings, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def load_mapping(path_or_name: Path | str) -> Mapping:
    """Return a mapping by the name of a shipped one, or by the path of a TOML file.

    Raises ``MappingError``: ``mapping_not_found`` (``known`` lists the shipped names), or whatever
    is wrong with the file.
    """
    text = str(path_or_name)
    path = _FOLDER / f"{text}.toml" if text in mapping_names() else Path(text)
    try:
        # A mapping is a page of text; anything larger is some other file.
        content = path.read_text(encoding="utf-8-sig") if path.stat().st_size < _SIZE_LIMIT else ""
    except (OSError, ValueError) as error:
        known = ", ".join(mapping_names())
        raise MappingError("mapping_not_found", key=text, example="projekt", known=known) from error
    return parse_mapping(content, name=path.stem)
