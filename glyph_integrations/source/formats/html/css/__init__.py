"""Style sheets: what they say of each element of a page, as far as it changes what a person can read.

``sheets`` reads rules, ``properties`` the values of the properties that matter here, ``cascade`` decides which
declarations hold for an element, and ``computing`` makes computed styles of them.
"""
