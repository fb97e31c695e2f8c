"""Formulas of the loyalty floor; no Django here.

value: past and future value of a customer, RFM cells, concentration of profit.
"""
