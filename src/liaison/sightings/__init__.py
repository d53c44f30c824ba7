"""Cameras that read registration marks: what they meet of the wanted, and next to nothing of everybody else.

`register` says which cameras may read where, until when and on whose authority; `taking` holds their reads against the
entries of wanted vehicles the moment they come. What is met is an alert like every other (screening), which a person
confirms from the picture before anything follows. Whatever is on no list leaves a pseudonym for a day at most, or
nothing (`passages`). `rules` is what may happen. Directive (EU) 2016/680, articles 4(1)(c), 5 and 20.
"""
