"""The proof of a day's backing, for whoever checks it without this software."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from coalition.access.caller import TREASURERS, Caller
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.problems import invalid, responses
from coalition.api.router import Router
from coalition.api.times import Day
from coalition.reports.prove_backing import prove_backing

router = Router(prefix="/v1/reports/backing-proof", tags=["reports"])
POSITION = 246

Treasurer = Annotated[Caller, Depends(allow(TREASURERS))]


@router.get(
    "",
    operation_id="getBackingProof",
    summary="Get the proof of a day's backing",
    response_class=Response,
    responses={
        **responses((401, "No valid key."), (403, "Not for this role."), (422, "A field can't be used.")),
        200: {
            "description": "The proof: JSON lines, gzipped.",
            "content": {"application/gzip": {"schema": {"type": "string", "format": "binary"}}},
        },
    },
)
def get_backing_proof(
    request: Request,
    caller: Treasurer,
    *,
    day: Annotated[Day, Query(description="As of the end of this day, in the alliance's time zone.")],
    since: Annotated[Day | None, Query(description="Only what came after the end of this day.")] = None,
) -> Response:
    """What members hold and what stands behind it, with every sealed row of the book that it follows from: whoever has
    all files from the first on can check them with `coalition/reports/check_backing.py`, without this software.
    """
    if since is not None and day < since:
        raise invalid("since", "after_day")
    proof = prove_backing(alliance_now(request, caller).book, day, since)
    headers = {"Content-Disposition": f'attachment; filename="backing-{day.isoformat()}.jsonl.gz"'}
    return Response(proof, headers=headers, media_type="application/gzip")
