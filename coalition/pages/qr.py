"""QR codes for pages."""

from io import BytesIO

import segno
from markupsafe import Markup

INK = "#2a211b"
"""As the stylesheet has it: a code stands on a white card in both themes."""


def qr_image(text: str) -> bytes:
    """A QR code as a picture of its own (SVG)."""
    written = BytesIO()
    _make(text).save(written, kind="svg", border=2, dark=INK, light="#fff", omitsize=True)
    return written.getvalue()


def qr_picture(text: str) -> Markup:
    """A QR code as SVG."""
    svg = _make(text).svg_inline(border=2, dark=INK, omitsize=True, svgclass="qr", lineclass=None)
    # segno draws: it writes numbers and names of colours of ours, and nothing of the text.
    return Markup(svg)  # noqa: S704


def _make(text: str) -> segno.QRCode:
    return segno.make(text, error="m", micro=False)
