"""Service workers as answers: each opens a face without reception, and its template names what it keeps."""

from collections.abc import Sequence
from hashlib import sha256

from fastapi import Response

from coalition.pages.assets import all_assets
from coalition.pages.page import environment

POLICY = "default-src 'none'; connect-src 'self'"
"""A worker has a policy of its own: it fetches from here, and does nothing else."""
VERSION_CHARS = 12


def worker_answer(scope: str, files: Sequence[str], **values: str) -> Response:
    """The worker of the pages at `scope` (/till, say), whose template is in their folder.

    It names the `files` of this version, by where they are served: another version is another worker.
    """
    version = sha256("".join(all_assets()).encode()).hexdigest()[:VERSION_CHARS]
    script = environment().get_template(f"{scope.strip('/')}/worker.js").render(files=files, version=version, **values)
    # A worker's own folder is all that it may serve, unless it is said that it may serve the face's first page too.
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": scope, "Content-Security-Policy": POLICY}
    return Response(script, media_type="text/javascript", headers=headers)
