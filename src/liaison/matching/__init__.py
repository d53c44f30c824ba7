"""Names, dates and documents to keys, candidates, weights and reasons: pure, arrays in and out."""
