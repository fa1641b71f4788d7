"""QR codes for pages."""

import segno
from markupsafe import Markup

INK = "#2a211b"
"""As the stylesheet has it: a code stands on a white card in both themes."""


def qr_picture(text: str) -> Markup:
    """A QR code as SVG."""
    made = segno.make(text, error="m", micro=False)
    svg = made.svg_inline(border=2, dark=INK, omitsize=True, svgclass="qr", lineclass=None)
    # segno draws: it writes numbers and names of colours of ours, and nothing of the text.
    return Markup(svg)  # noqa: S704
