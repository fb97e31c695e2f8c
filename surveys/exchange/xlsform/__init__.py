"""XLSForm: spreadsheets, CSV and Markdown tables of ODK, KoboToolbox and their kin."""
