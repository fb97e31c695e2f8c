"""Reading texts with a language model, in the worker only; everything works without it.

encoder: one small interface to whatever turns a text into numbers, or None.
head: says what a text says by nearness to known sentences, or that it is not sure.
schooling: the head of this installation, taught by our sentences and by corrections.
sentences: what it is taught by, and the frozen ones it is judged by.
keywords, language: Korean morphemes, English words, and which of the two it is.
"""
