"""Photograph every page in every state: `python -m tests.pages.shots`. At both sizes, in both languages and themes;
with `--more` at two sizes between and beyond as well.

The pictures are to be looked at as a picky designer would. Where a page scrolls between its sign and its tabs, a second
one, `….whole.png`, has all of it. Parts of their names narrow them down: `… shots home.phone code`.
"""

import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from coalition.app import open_database
from tests.pages.browser import LANGUAGES, MORE_SIZES, SIZES, browsing, context_of
from tests.pages.page_town import page_town
from tests.pages.states import STATES

FOLDER = Path(__file__).parent / "pictures"
THEMES = ("light", "dark")
MORE = "--more"
HIDDEN = "(() => { const main = document.querySelector('main'); return main.scrollHeight - main.clientHeight; })()"
"""How many pixels of a page are scrolled out of sight."""


def main(names: list[str]) -> None:
    """Write a picture for each into `pictures/` beside this file."""
    FOLDER.mkdir(exist_ok=True)
    sizes = SIZES | MORE_SIZES if MORE in names else SIZES
    names = [name for name in names if name != MORE]
    with TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/town.db")
        with page_town(database) as town, browsing() as browser:
            for state, size, lang, theme in product(STATES, sizes, LANGUAGES, THEMES):
                picture = f"{state.name}.{size}.{lang}.{theme}"
                if names and not any(name in picture for name in names):
                    continue
                context = context_of(browser, size, lang, theme)
                page = context.new_page()
                state.open(town, page)
                page.screenshot(path=FOLDER / f"{picture}.png", full_page=True)
                hidden = page.evaluate(HIDDEN)
                if hidden > 0:
                    width, height = sizes[size]
                    page.set_viewport_size({"width": width, "height": height + hidden})
                    page.screenshot(path=FOLDER / f"{picture}.whole.png", full_page=True)
                context.close()
        database.close()


if __name__ == "__main__":
    main(sys.argv[1:])
