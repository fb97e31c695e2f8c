"""Formulas of the loyalty floor; no Django here.

value: simple future value, concentration of profit.
buying, spending: BG/NBD and Gamma-Gamma. valuing: from transactions to every customer's value.
retention: contracts (sBG), survival curves and their comparison.
"""
