"""Pages for members, shops and the alliance: each module here has a `router`, and is found like a route of the API.

A page calls the same use cases as the API, and its routes stay out of the API's description: Router(
include_in_schema=False) of `coalition/api/router.py`.
"""
