"""Finds the forms of a page in its HTML, with where each of their parts stands. Pure."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from markupsafe import escape

CONTROLS = frozenset({"input", "select", "textarea"})
CAREFUL = frozenset({"hidden", "password", "file", "submit", "button"})
"""Kinds of input that nobody types into, and those whose content no page sends back."""


@dataclass(slots=True)
class Tag:
    """A start tag: its attributes, and where it begins and ends in the HTML. `until` is where its element ends."""

    name: str
    attributes: dict[str, str | None]
    start: int
    end: int
    until: int = 0

    def get(self, name: str) -> str:
        """An attribute; empty where it has none."""
        return self.attributes.get(name) or ""

    def text(self, **changes: str | None) -> str:
        """The tag with other attributes: None takes one away, `_` stands for `-`."""
        attributes = dict(self.attributes)
        for name, value in changes.items():
            key = name.rstrip("_").replace("_", "-")
            attributes.pop(key, None)
            if value is not None:
                attributes[key] = value
        parts = [name if value is None else f'{name}="{escape(value)}"' for name, value in attributes.items()]
        return f"<{' '.join((self.name, *parts))}>"


@dataclass(slots=True)
class FormField:
    """A field of a form, with its options, the label that it is in, and what is folded around it within the form."""

    tag: Tag
    label: Tag | None
    folds: list[Tag]
    options: list[Tag] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What it is sent under."""
        return self.tag.get("name")

    @property
    def kind(self) -> str:
        """What is typed into it."""
        return self.tag.get("type") or "text" if self.tag.name == "input" else self.tag.name

    @property
    def is_secret(self) -> bool:
        """Whether what was typed is not to be read again by whoever looks over a shoulder."""
        return self.kind in CAREFUL or self.tag.get("autocomplete") == "one-time-code"

    @property
    def note_at(self) -> int:
        """Where what is wrong with it is said."""
        return self.tag.until if self.label is None else self.label.until


@dataclass(slots=True)
class PageForm:
    """A form, with what it sends and where to, and what is folded around it."""

    tag: Tag
    folds: list[Tag]
    controls: list[FormField] = field(default_factory=list)
    buttons: list[Tag] = field(default_factory=list)

    @property
    def actions(self) -> set[str]:
        """Where it is sent to, by one of its buttons or another."""
        return {self.tag.get("action"), *(each.get("formaction") for each in self.buttons)} - {""}


class PageForms(HTMLParser):
    """The forms that a page sends, in their order; `heads` are the ends of its headings of the first level."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[PageForm] = []
        self.heads: list[int] = []
        self.focused: list[Tag] = []
        self._lines = [0]
        for line in html.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._open: list[Tag] = []
        self._form: PageForm | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what belongs to a form."""
        start = self._at()
        element = Tag(tag, dict(attrs), start, start + len(self.get_starttag_text() or ""))
        element.until = element.end
        if "autofocus" in element.attributes:
            self.focused.append(element)
        if tag == "form" and element.get("method") == "post":
            self._form = PageForm(element, self._around("details"))
            self.forms.append(self._form)
        elif self._form is not None:
            self._keep(self._form, element)
        if tag not in ("input", "path", "rect", "meta", "link", "br", "hr", "img", "circle"):
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Where an element ends."""
        if tag not in {each.name for each in self._open}:
            return
        end = self.rawdata.index(">", self._at()) + 1
        while (closed := self._open.pop()).name != tag:
            pass
        closed.until = end
        if tag == "form":
            self._form = None
        elif tag == "h1":
            self.heads.append(end)

    def _keep(self, form: PageForm, tag: Tag) -> None:
        if tag.name in CONTROLS:
            label = next((each for each in reversed(self._open) if each.name == "label"), None)
            folds = [each for each in self._around("details") if each not in form.folds]
            form.controls.append(FormField(tag, label, folds))
        elif tag.name == "option" and form.controls:
            form.controls[-1].options.append(tag)
        elif tag.name == "button":
            form.buttons.append(tag)

    def _around(self, name: str) -> list[Tag]:
        return [each for each in self._open if each.name == name]

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column
