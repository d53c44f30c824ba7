"""The vocabulary: what is recorded, asked and sent, as frozen values with one canonical form.

It follows Directive (EU) 2016/680 (categories of person, grades) and Regulation (EU) 2016/794 (4x4 grades,
handling codes). It imports nothing of the rest, and touches no file, network or clock.
"""
