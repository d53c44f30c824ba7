"""Registration marks in photographs and films: found, read, held against national forms, and never guessed at.

`batch.Batch` is the door: it has pictures and films read in processes that can open nothing. In these,
`reading` reads a picture: `finding` says where a plate may be, `models` runs the networks (the ones that `networks`
knows, or somebody's own), `lattice` and `candidates` make readings of what they saw, `grammar` knows national forms,
`rules` says what is no plate. `fusion` makes one reading of several looks at a vehicle, `film` finds these in a
film. `answers` is what comes back: the raw reading, the candidates and the one that is proposed stand side by side.
"""
