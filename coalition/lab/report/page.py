"""The frame of a report: one self-contained page in two languages, switched without a network."""

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files

from coalition.lab.report.charts import both
from coalition.locale.error_text import phrase_text
from coalition.locale.formats import Lang

HTML_LANG: dict[Lang, str] = {"en": "en", "zh": "zh-Hans"}

_SWITCH = """
document.querySelectorAll('.switch button').forEach(function (button) {
  button.addEventListener('click', function () {
    document.documentElement.lang = button.lang;
    document.querySelectorAll('.switch button').forEach(function (other) {
      other.setAttribute('aria-pressed', String(other === button));
    });
  });
  button.setAttribute('aria-pressed', String(document.documentElement.lang === button.lang));
});
"""


def page(title: str, about: str, body: str, lang: Lang) -> str:
    """A whole HTML page that shows `lang` (en or zh) first."""
    css = files("coalition.lab.report").joinpath("report.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="{HTML_LANG[lang]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(phrase_text(title, lang))}</title><style>{css}</style></head><body><main>"
        f'<header><div><h1>{both(title)}</h1><p class="about">{both(about)}</p></div>'
        '<div class="switch" role="group" aria-label="Language / 语言">'
        '<button type="button" lang="en" aria-pressed="true">English</button>'
        '<button type="button" lang="zh-Hans" aria-pressed="false">中文</button></div></header>'
        f"{body}</main><script>{_SWITCH}</script></body></html>\n"
    )


def section(title: str, inside: str, style: str = "", note: str | None = None) -> str:
    """A titled box; `note` explains how to read it."""
    hint = f'<p class="note">{both(note)}</p>' if note else ""
    return f'<section class="{style}"><h2>{both(title)}</h2>{hint}{inside}</section>'


def tiles(entries: Iterable[tuple[str, str]]) -> str:
    """Large figures with their names."""
    boxes = "".join(f'<div class="tile"><b>{escape(v)}</b><span>{both(name)}</span></div>' for name, v in entries)
    return f'<div class="tiles">{boxes}</div>'


def table(head: Sequence[str], rows: Iterable[Sequence[str]], style: str = "rows") -> str:
    """A table; cells are HTML already. With `rows` each row is a block on a phone, where each cell says its column."""
    names = [both(name) if name else "" for name in head]
    keys = names if "rows" in style.split() else [""] * len(names)
    rows = list(rows)
    wide = [cell.startswith('<td class="wide"') for cell in rows[0]] if rows else [False] * len(names)
    titles = "".join(
        f'<th class="wide">{name}</th>' if is_wide else f"<th>{name}</th>"
        for name, is_wide in zip(names, wide, strict=True)
    )
    lines = "".join(
        "<tr>" + "".join(_cell(cell, name) for cell, name in zip(row, keys, strict=True)) + "</tr>" for row in rows
    )
    body = f"<thead><tr>{titles}</tr></thead><tbody>{lines}</tbody>"
    return f'<div class="scroll"><table class="{style}">{body}</table></div>'


def bullets(texts: Iterable[str], style: str = "words") -> str:
    """A list of sentences."""
    return f'<ul class="{style}">' + "".join(f"<li>{both(text)}</li>" for text in texts) + "</ul>"


def _cell(cell: str, name: str) -> str:
    opened, inside = cell.split(">", 1) if cell.startswith("<td") else ("<td", f"{cell}</td>")
    key = f'<span class="key">{name}</span>' if name else ""
    if inside == "</td>":
        opened += ' class="empty"'
    return f"{opened}>{key}{inside}"
