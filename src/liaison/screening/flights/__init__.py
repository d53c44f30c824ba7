"""Flights: passenger lists taken from carriers, kept sealed, checked in one go, masked and erased in time.

A list is taken on a person's own grounds and belongs to their case. Everybody on it is looked up at once; those of whom
there is an alert have a row, the others have none. After six months nobody is named, after five years nothing is left.

| module | what it is for |
|---|---|
| `rules` | states, which flight a list is about, which watch a flight meets, when something is due; pure |
| `reading` | files to manifests: messages of carriers, tables |
| `content` | a manifest as two sealed pieces: how they travel, who they are; pure |
| `columns`, `papers` | passengers as the engine takes them; what is unusual about documents; pure |
| `taking` | lists kept: what is known changes nothing |
| `again` | a list that nobody checked, handed in again |
| `checking`, `finding` | everybody looked up, alerts kept |
| `viewing` | lists of flights; one flight with those on board |
| `watching` | flights that somebody is told of |
| `masking`, `unmasking` | nobody named after six months; named again with an approval |
| `access` | who sees what |

Law: Directive (EU) 2016/681; Regulations (EU) 2025/12 and 2025/13; Immigration Act 1971, schedule 2, paragraph 27.
"""
