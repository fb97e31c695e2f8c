"""Reading texts with a language model, in the worker only; everything works without it.

encoder: one small interface to whatever turns a text into numbers, or None.
"""
