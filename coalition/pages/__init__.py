"""Pages for members, shops and the alliance: a folder for each face, in it a module and a template for each page.

A page is found, and listed nowhere: a module here with a `router` (`page_router.py`), a frozen dataclass of what it
shows (`page.py`), and beside it a template of the module's name. It calls the same use cases as the API.

`visit.py` knows who looks at it, in which language and in which alliance; `page_router.py` refuses forms of other
sites; `assets.py` serves style, scripts and fonts under names that change with them; `error_page.py` says what to do;
`home.py` sends everybody to their own face; `device.py` and `qr.py` serve several pages. Folders: `wallet/` for
members, `console/` for whoever runs the alliance or a shop, `account/` for staff and their invitations, `till/` for
whoever sells, `dev/` for whoever builds pages.
"""
