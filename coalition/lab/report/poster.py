"""One page of a run for those who will not read a report: A4 for a wall, or a picture for a chat.

The texts reach the layout as data, never as its source, so nothing in a name can be taken for markup.
"""

import json
from pathlib import Path
from typing import Literal

from coalition.lab.report import plain
from coalition.lab.report.answers import answers
from coalition.lab.report.flags import FLAGS
from coalition.lab.runner import Result
from coalition.locale.error_text import phrase_text
from coalition.locale.formats import Lang
from coalition.locale.messages import N_
from settlement import Phrase

Form = Literal["wall", "chat"]

HERE = Path(__file__).parent
CHAT_PPI = 216
"""Makes a picture of 1080 pixels' width."""


def poster(result: Result, lang: Lang, form: Form) -> bytes:
    """The page: a PDF for the wall, a PNG for a chat."""
    import typst

    from coalition.statements.as_pdf import fonts

    return typst.compile(
        HERE / "poster.typ",
        root=HERE,
        font_paths=fonts(),
        format="pdf" if form == "wall" else "png",
        ppi=CHAT_PPI,
        sys_inputs={"poster": json.dumps(_content(result, lang) | {"lang": lang, "form": form})},
    )


def _content(result: Result, lang: Lang) -> dict[str, object]:
    def read(text: str) -> str:
        return phrase_text(text, lang)

    verdict = result.verdict
    footer = Phrase(
        N_("{events} at {shops}, run as the scheme is sold, and in a coalition beside it."),
        events=plain.counted(result.events, N_("1 event"), N_("{count} events")),
        shops=plain.counted(len(verdict.all_of("shop")), N_("1 shop"), N_("{count} shops")),
    )
    return {
        "title": read(plain.title(result.scenario)),
        "about": read(result.scenario.model.about),
        "headline": read(plain.headline(result)),
        "good": not verdict.flags,
        "answers": [
            {
                "question": read(answer.question),
                "figure": read(answer.figure),
                "details": [read(text) for text in answer.details],
            }
            for answer in answers(result)
        ],
        "flags": [read(FLAGS[flag]) for flag in verdict.flags],
        "footer": read(footer),
    }
