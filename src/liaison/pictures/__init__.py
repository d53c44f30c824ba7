"""Pictures that are sent to a node: told by their headers, decoded and read in a process of their own, never kept.

`reader.Reader` is the door. `headers` says what may be decoded at all; `process` is the process, with `decoding` and
`zones` in it; `answers` is what comes back. `networks` and `lines` find and read any text in pixels and know nothing
of documents: whatever reads other things in pictures stands on these two. The networks are an extra
(`pip install 'liaison[photographs]'`); without it everything else works.
"""
