"""The side that has records: its epochs and sets, and what it answers to partners."""
