"""A form that was refused comes back with what was typed, and says beside the field what is wrong with it.

No page has to do anything for it: what was sent is put into the form that it came from. What is secret is not: a
password, a code, a file. The first wrong field has the focus, and what is folded around it stands open.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from markupsafe import escape

from coalition.pages.form_html import FormField, PageForm, PageForms, Tag

PROBLEM = '<p class="note bad" role="alert" id="problem"><b>{}</b></p>'
"""What the macro `problem` makes, which stands on top of a page that refuses something."""
NAMES_APART = frozenset({"csrf", "key", "version"})
"""Hidden fields that say nothing of which form it was."""
Sent = Mapping[str, Sequence[str]]


def type_again(html: str, path: str, sent: Sent, wrong: Mapping[str, str]) -> str | None:
    """The page with what was sent to `path`, and what is `wrong` by the names of fields; None without that form."""
    page = PageForms(html)
    form = _form_of(page, path, sent)
    if form is None:
        return None
    edits = _Edits(html)
    named = {name: controls for name in wrong if (controls := _controls_named(form, name))}
    marked = [controls[0] for controls in named.values()]
    marked.sort(key=lambda control: control.tag.start)
    left = {name: list(values) for name, values in sent.items()}
    opened = list(form.folds)
    for control in form.controls:
        if _fill(edits, control, left, sent):
            opened += control.folds
    for name, controls in named.items():
        _say(edits, controls[0], name, wrong[name])
        opened += controls[0].folds
    _say_on_top(edits, page, [sentence for name, sentence in wrong.items() if name not in named])
    if marked:
        for tag in page.focused:
            edits.change(tag, autofocus=None)
        edits.change(marked[0].tag, autofocus="")
    for fold in opened:
        edits.change(fold, open="")
    return edits.text()


class _Edits:
    """Changes to HTML, by where they are; several of one tag are made together."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._tags: dict[int, tuple[Tag, dict[str, str | None]]] = {}
        self._others: list[tuple[int, int, str]] = []

    def change(self, tag: Tag, **attributes: str | None) -> None:
        """Other attributes of a tag."""
        self._tags.setdefault(tag.start, (tag, {}))[1].update(attributes)

    def put(self, start: int, end: int, text: str) -> None:
        """Other HTML in place of some."""
        self._others.append((start, end, text))

    def take_out(self, text: str) -> bool:
        """Take a text out, if it is there; whether it is."""
        at = self._html.find(text)
        if at >= 0:
            self.put(at, at + len(text), "")
        return at >= 0

    def has(self, text: str) -> bool:
        """Whether a text is there."""
        return text in self._html

    def described(self, tag: Tag, id_: str) -> str:
        """The ids of what describes a field, with another one."""
        return " ".join(dict.fromkeys([*tag.get("aria-describedby").split(), id_]))

    def text(self) -> str:
        """The HTML with all changes."""
        edits = self._others + [(tag.start, tag.end, tag.text(**changes)) for tag, changes in self._tags.values()]
        parts, at = [], 0
        for start, end, text in sorted(edits, key=lambda edit: edit[:2]):
            parts += [self._html[at:start], text]
            at = end
        return "".join([*parts, self._html[at:]])


def _form_of(page: PageForms, path: str, sent: Sent) -> PageForm | None:
    """The form that was sent: of those that go there the one whose hidden fields and buttons say the same."""
    sent_there = [form for form in page.forms if path in map(unquote, form.actions)]
    return max(sent_there, key=lambda form: _likeness(form, sent), default=None)


def _likeness(form: PageForm, sent: Sent) -> int:
    words = [(each.name, each.tag.get("value")) for each in form.controls if each.kind == "hidden"]
    words += [(each.get("name"), each.get("value")) for each in form.buttons]
    same = sum(value in sent.get(name, ()) for name, value in words if name not in NAMES_APART)
    return same + sum(name in {each.name for each in form.controls} for name in sent)


def _controls_named(form: PageForm, name: str) -> list[FormField]:
    """The fields that a refusal is about: it may call them as the API does, which templates say by `data-concerns`."""
    open_ = [each for each in form.controls if each.kind != "hidden"]
    first, _, last = name.rpartition(".")
    if last.isdigit():
        return [each for each in open_ if each.name == first][int(last) :]
    names = {name, last, last.removesuffix("_minor")}
    exact = [each for each in open_ if name in each.tag.get("data-concerns").split()]
    return exact or [each for each in open_ if each.name in names]


def _fill(edits: _Edits, control: FormField, left: dict[str, list[str]], sent: Sent) -> bool:
    """Put what was sent into a field; whether that is anything that was not there."""
    if control.is_secret or not control.name:
        return False
    if control.kind in ("checkbox", "radio"):
        is_on = (control.tag.get("value") or "on") in sent.get(control.name, ())
        edits.change(control.tag, checked="" if is_on else None)
        return is_on and "checked" not in control.tag.attributes
    return bool(left.get(control.name)) and _write(edits, control, left[control.name].pop(0))


def _write(edits: _Edits, control: FormField, typed: str) -> bool:
    """Put a text or a choice into a field; whether that is anything that was not there."""
    tag = control.tag
    if control.kind == "select":
        for option in control.options:
            edits.change(option, selected="" if option.get("value") == typed else None)
        return typed != "" and typed in {option.get("value") for option in control.options}
    if control.kind == "textarea":
        # A line break that a text begins with is none of its own.
        first = "\n" if typed.startswith(("\n", "\r")) else ""
        edits.put(tag.end, tag.until - len("</textarea>"), first + escape(typed))
        return typed != ""
    edits.change(tag, value=typed)
    return typed != tag.get("value")


def _say(edits: _Edits, control: FormField, name: str, sentence: str) -> None:
    """Say beside a field what is wrong with it; what stood on top of the page moves there."""
    id_ = "problem" if edits.take_out(PROBLEM.format(escape(sentence))) else f"wrong-{name.replace('.', '-')}"
    note = f'<p class="wrong" role="alert" id="{escape(id_)}">{escape(sentence)}</p>'
    edits.put(control.note_at, control.note_at, note)
    edits.change(control.tag, aria_invalid="true", aria_describedby=edits.described(control.tag, id_))


def _say_on_top(edits: _Edits, page: PageForms, sentences: list[str]) -> None:
    """Say under the heading what no field is there for, where nobody says it yet."""
    for sentence in sentences:
        words = PROBLEM.format(escape(sentence))
        if page.heads and not edits.has(words):
            edits.put(page.heads[0], page.heads[0], words)
