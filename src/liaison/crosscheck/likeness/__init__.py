"""What two versions of one person or thing have in common, as keys that agree or do not, and how strongly."""
