"""XML from strangers: any document type or entity declaration is refused before it is parsed.

A DOCTYPE can only stand before the root element, so the hardened (slow) parser of defusedxml
reads exactly that far; the rest streams through the fast parser over the same bytes.
"""

from collections.abc import Container, Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError, iterparse

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from exchange.formats.schedule_file import FormatError

_CHUNK = 65_536


class _RootSeenError(Exception):
    """The prolog is over."""


class _Prolog:
    """A parser target that stops at the first element."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Stop: whatever comes now cannot declare anything."""
        raise _RootSeenError(tag, attributes)

    def close(self) -> None:
        """Needed by the parser's protocol."""


def elements(source: BinaryIO, tags: Container[str]) -> Iterator[Element]:
    """Yield the elements with one of these tags as they end, and last the root.

    Raises FormatError ``xml_dtd_forbidden`` or, for anything that is not well-formed,
    ``xml_broken`` with line and column.
    """
    begin = source.tell()
    _check_prolog(source)
    source.seek(begin)
    try:
        element = None
        for _, element in iterparse(source):  # noqa: S314  the prolog is checked: no DTD, no entity
            if element.tag in tags:
                yield element
        if element is not None:
            yield element
    except ParseError as error:
        line, column = error.position
        raise FormatError("xml_broken", line=line, column=column) from error
    except (LookupError, ValueError) as error:  # an encoding Python does not know
        raise FormatError("xml_broken", line=1, column=0) from error


def _check_prolog(source: BinaryIO) -> None:
    parser = DefusedXMLParser(target=_Prolog(), forbid_dtd=True)
    try:
        while chunk := source.read(_CHUNK):
            parser.feed(chunk)
    except _RootSeenError:
        return
    except DefusedXmlException as error:
        raise FormatError("xml_dtd_forbidden") from error
    except ParseError as error:
        line, column = error.position
        raise FormatError("xml_broken", line=line, column=column) from error
    except (LookupError, ValueError) as error:
        raise FormatError("xml_broken", line=1, column=0) from error
    raise FormatError("xml_broken", line=1, column=0)
