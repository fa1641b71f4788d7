"""Photograph the lab's pages: `python -m tests.coalition.lab.shots`, or `… shots chain.phone` for some of them.

Reports and growth reports at both sizes in both languages, their prints page by page, and posters, of runs that have
something to show. The pictures are to be looked at as a picky designer would.
"""

import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import typst
from playwright.sync_api import Browser
from pypdf import PdfReader

from coalition.lab import read_mapping, run
from coalition.lab.report.growth_report import growth_report
from coalition.lab.report.poster import poster
from coalition.lab.report.report import report
from coalition.lab.simulation.grow import grow
from coalition.locale.formats import LANGS, Lang
from tests.pages.browser import SIZES, browsing, context_of

FOLDER = Path(__file__).parents[2] / "pages" / "pictures"
NAMES = [f"u{n}" for n in range(10)]
RUNS: dict[str, dict[str, object]] = {
    "appreciation": {
        "model": "appreciation",
        "preset": "local-life",
        "params": {"exit_multiple": "0.5"},
        "growth": {"runs": "50", "run_month": "24"},
        "events": [{"do": "purchase", "who": f"u{n}", "shop": f"s{n % 5}", "amount": "1000"} for n in range(150)],
    },
    "share-purchase": {
        "model": "share-purchase",
        "events": [{"do": "purchase", "who": "u", "shop": "s", "amount": "5000"}, *[{"do": "day"} for _ in range(7)]],
    },
    "chain": {
        "model": "chain",
        "preset": "two-plus-one",
        "events": [{"do": "join", "who": "m0"}]
        + [{"do": "join", "who": f"m{n}", "referrer": f"m{(n - 1) // 3}"} for n in range(1, 60)],
    },
    "packages": {
        "model": "packages",
        "events": [
            *({"do": "buy", "who": name, "amount": "100", "pay": "money"} for name in NAMES),
            *({"do": "day"} for _ in range(30)),
            *({"do": "convert", "who": name, "amount": "all", "to": "red_packets"} for name in NAMES),
            *({"do": "spend_packet", "who": name, "shop": "S", "amount": "144"} for name in NAMES),
        ],
    },
    "coalition": {
        "model": "coalition",
        "events": [{"do": "purchase", "who": name, "shop": "s", "amount": "50", "spend": "all"} for name in NAMES * 2],
    },
}


def main(names: list[str]) -> None:
    """Write the pictures whose names have one of these parts, or all."""
    FOLDER.mkdir(exist_ok=True)

    def wanted(picture: str) -> bool:
        return not names or any(name in picture for name in names)

    with browsing() as browser:
        for (name, data), lang in product(RUNS.items(), LANGS):
            scenario = read_mapping(data)
            result = run(scenario)
            pages = {f"{name}.report": report(result, lang)}
            if scenario.growth is not None:
                pages[f"{name}.growth"] = growth_report(scenario, grow(scenario), lang)
            for page, html in pages.items():
                photograph(browser, page, html, lang, wanted)
            if wanted(f"{name}.poster.{lang}"):
                (FOLDER / f"{name}.poster.{lang}.png").write_bytes(poster(result, lang, "chat"))
                rasterise(poster(result, lang, "wall"), f"{name}.poster.wall.{lang}")


def photograph(browser: Browser, name: str, html: str, lang: Lang, wanted: Callable[[str], bool]) -> None:
    """One page at each size, and as it is printed."""
    for size in SIZES:
        if wanted(f"{name}.{size}.{lang}"):
            context = context_of(browser, size, lang, "light")
            page = context.new_page()
            page.set_content(html)
            page.screenshot(path=FOLDER / f"{name}.{size}.{lang}.png", full_page=True)
            context.close()
    if wanted(f"{name}.print.{lang}"):
        page = browser.new_page()
        page.set_content(html)
        rasterise(page.pdf(prefer_css_page_size=True), f"{name}.print.{lang}")
        page.close()


def rasterise(pdf: bytes, name: str) -> None:
    """A PDF as one picture a page, side by side."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "pages.pdf"
        path.write_bytes(pdf)
        count = len(PdfReader(path).pages)
        images = ", ".join(f'image("pages.pdf", page: {n}, width: 420pt)' for n in range(1, count + 1))
        source = (
            f"#set page(width: auto, height: auto, margin: 8pt, fill: gray)\n#stack(dir: ltr, spacing: 8pt, {images})"
        )
        (Path(folder) / "sheet.typ").write_text(source, encoding="utf-8")
        picture = typst.compile(Path(folder) / "sheet.typ", root=folder, format="png", ppi=110)
        (FOLDER / f"{name}.png").write_bytes(picture)


if __name__ == "__main__":
    main(sys.argv[1:])
