"""Whether the server works, for load balancers."""

from fastapi import Request
from pydantic import BaseModel, Field
from sqlalchemy import text

from coalition.alliance import Alliances
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.operation.stopping import STOPPING
from settlement import PosterClosed

router = Router(prefix="/health", tags=["health"])
POSITION = 380


class Health(BaseModel):
    """Whether the server works."""

    status: str = Field(description="Always `ok`; where it is not, the answer is a problem.", examples=["ok"])


@router.get("/live", operation_id="getLiveness", summary="Is the process there?")
def live() -> Health:
    """Answers as long as the process does."""
    return Health(status="ok")


@router.get(
    "/ready",
    operation_id="getReadiness",
    summary="Can it do its work?",
    responses=responses((503, "The database can't be used now, or the server is stopping: send nothing more.")),
)
def ready(request: Request) -> Health:
    """Answers once the database does, and until the server is told to stop."""
    if STOPPING.is_set():
        raise PosterClosed
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return Health(status="ok")
