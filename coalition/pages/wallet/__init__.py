"""The wallet of members: what they have, and how they pay with it.

`join.py`, `log_in.py`, `log_out.py` and `prove.py` (who it is, once more); `home.py` with the balance; `code.py` to
pay, which the phone makes (`assets/code.js`), and `digits.py` where it can't be scanned; `questions.py` and `pay.py`
are what tills ask, and `answer.py` the yes or no; `history.py` and `receipt.py` (what happened, by `lines.py` and
`own_history.py`); `shops.py` and `terms.py`; `gift.py` and `gift_link.py`, `household.py`, `notices.py` (and
`unread.py`); `me.py` leads to `profile.py`, `contact.py`, `lock.py`, `passkeys.py`, `devices.py` and `erase.py`;
`own_words.py` says what was refused; `install.py` makes it an app that opens without reception.
"""
