"""What the faces over HTTP share, the API and the pages: cookies, log-ins, and what there is to know of a request.

`request.py` (its address, its language, its alliance), `cookies.py`, `begin_session.py` and `end_sessions.py` (a
browser's session), `member_log_in.py`, `password_log_in.py` and `passkey_log_in.py` (each way in, with its limits),
`prove_session.py` (who it is, once more), `own_contact.py` (a new number or address), `log_in_guard.py` (guesses,
counted), `credential_notices.py` (people hear what happened to their credentials), `public_text.py` (errors in words),
`ask_again.py` (who came second).
"""
