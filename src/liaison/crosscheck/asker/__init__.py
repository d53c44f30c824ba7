"""The side that asks: a list that is drafted, asked about, looked up at home, and opened again by a supervisor."""
