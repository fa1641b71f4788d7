"""XML from outside, read with care: no document type, so no entity that grows or reaches out; named errors."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from settlement.rails.bank.errors import BankFileUnreadable
from settlement.sentences import Phrase

BYTES_MAX = 64 * 1024 * 1024
"""The largest file that is read: a statement of some hundred thousand movements."""


class XmlNode:
    """An element, and where in which file it stands, so that an error can say so. Namespaces are looked through."""

    __slots__ = ("element", "file", "path")

    def __init__(self, element: Element, file: str, path: str) -> None:
        self.element = element
        self.file = file
        self.path = path

    @property
    def tag(self) -> str:
        """The element's name without its namespace."""
        return self.element.tag.rpartition("}")[2]

    def all(self, path: str) -> Iterator["XmlNode"]:
        """Descendants along a path of names, in order."""
        name, _, rest = path.partition("/")
        here = [element for element in self.element if element.tag.rpartition("}")[2] == name]
        for number, element in enumerate(here, start=1):
            place = f"{self.path}/{name}" + (f"[{number}]" if len(here) > 1 else "")
            node = XmlNode(element, self.file, place)
            if rest:
                yield from node.all(rest)
            else:
                yield node

    def first(self, *paths: str) -> "XmlNode | None":
        """The first descendant along the first of these paths that leads anywhere."""
        for path in paths:
            for node in self.all(path):
                return node
        return None

    def text(self, *paths: str) -> str:
        """The text of `first`, or without a path its own, trimmed; empty where there is none."""
        node = self.first(*paths) if paths else self
        return "" if node is None else (node.element.text or "").strip()

    def needed(self, *paths: str) -> str:
        """The same where it must be there. Raises BankFileUnreadable."""
        text = self.text(*paths)
        if not text:
            raise self.error(Phrase("{paths} is missing", paths=" / ".join(paths)))
        return text

    def error(self, problem: str) -> BankFileUnreadable:
        """An error that says where."""
        return BankFileUnreadable(self.file, self.path, problem)


def read_xml(file: str, content: bytes) -> XmlNode:
    """The root of a document. Raises BankFileUnreadable."""
    if len(content) > BYTES_MAX:
        raise too_large(file)
    try:
        # What is declared of a text in UTF-16 is often wrong; how it begins is not.
        wide = content.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
        root = fromstring(content.decode("utf-16") if wide else content, forbid_dtd=True)
    except ParseError as error:
        line, column = error.position
        problem = Phrase(
            "this is not well-formed XML ({reason}); ask the bank for the file again",
            reason=str(error).partition(":")[0],
        )
        raise BankFileUnreadable(
            file, Phrase("line {line}, column {column}", line=line, column=column + 1), problem
        ) from None
    except (ValueError, LookupError):
        problem = Phrase("it has a document type or an encoding that no bank's statement has")
        raise BankFileUnreadable(file, Phrase("the whole file"), problem) from None
    return XmlNode(root, file, root.tag.rpartition("}")[2])


def too_large(file: str) -> BankFileUnreadable:
    """That a file has more bytes than are read."""
    return BankFileUnreadable(
        file,
        Phrase("the whole file"),
        Phrase("it has more than {size} MB; ask the bank for one file per day", size=BYTES_MAX // 1024 // 1024),
    )
