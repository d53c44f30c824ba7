"""Names as their parts: characters into tokens, tokens into forms, forms into variants of one given name.

A *form* is one way a token is written in ASCII letters, a-z. Every script is romanised by our own tables:
`romanise.forms` is the door, and `docs/decisions/0010-romanisation-tables.md` says where they come from.
"""
