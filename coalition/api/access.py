"""Who calls: the API key of a request."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from coalition.access.keys import presented_key
from coalition.access.store import Caller, caller_of
from coalition.api.problems import ApiError

bearer = HTTPBearer(
    auto_error=False, scheme_name="apiKey", description="An API key, as `coalition keys create` shows it once."
)


def caller(request: Request, sent: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Caller:
    """The caller of a request. Answers 401 where the key is missing, unknown or revoked."""
    presented = None if sent is None else presented_key(sent.credentials)
    found = None
    if presented is not None:
        with request.app.state.database.engine.connect() as connection:
            found = caller_of(connection, presented)
    if found is None:
        detail = "Send a valid key as `Authorization: Bearer coalition_…`; make one with `coalition keys create`."
        raise ApiError(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})
    return found
