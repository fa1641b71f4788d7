"""The HTTP API: routes in `routes/`, and what they share.

`app.py` puts it together. Requests: `access.py` (key or session, roles), `idempotency.py`, `etag.py`, `paging.py`,
`envelope.py`. Answers: `problems.py` and `error_codes.py` (errors as RFC 9457 problem details), `headers.py`,
`times.py`. `write_client.py` writes the client from the API's own description.
"""
