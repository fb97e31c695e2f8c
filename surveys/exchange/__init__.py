"""Surveys in and out: other tools' files, our own JSON, codebooks and printable forms.

Reading is done without Django: a reader turns a file into a neutral `Draft` and enters every
element it meets into a `Ledger`, where it ends as taken, changed or refused.
"""
