"""The command `coalition`: `main.py` makes the program out of `commands/`, in the language of `language.py`.

`help_text.py` translates its help and complaints, `options.py` has what the commands share, and the tables of each
group of commands have a file: windows, settle, bank, lab; `payment_words.py` has the words in them.
"""
