"""Starting the portal: embedded servers, supervised processes, browser libraries.

Nothing here but ``assets`` imports Django, so that settings may import ``environment``.
"""
