"""The private cross-check: an asker learns which of its subjects a holder also has, and neither learns anything else.

The holder publishes a set of tokens, made of its records' match keys under a secret key; the asker has its own match
keys evaluated blind under that key (RFC 9497, VOPRF over ristretto255) and looks the results up in the set. It serves
Directive (EU) 2016/680 articles 4(1)(c) and 20: no more is compared, and no more is shown, than the purpose needs. A
hit gives no data: that is asked for by a request. docs/crosscheck.md says what leaks to whom.

    function    voprf, suite, groups, accelerated; tokens and eliasfano are the set; keyholder, keyprocess and frames
                the process that has the key
    likeness    matchkeys, words, shares, things; grading says how strongly
    holder      rules, light, publishable, making, book, versions, changing, epochs, processes; serving, questions,
                giving, quotas, canaries; holding for pages; background
    asker       drafting, lines, asking, blinding, legs, keeping, lawful, sets, looking, standing, receipts; forgetting
                and clearing; audit, opening; access, asked, reading, overview for pages; states
    planned     actions, actionkeys, actionlaw, actionset, probing, telling, reopening
    messages    what passes between nodes; recording: the ledger's verbs
"""
