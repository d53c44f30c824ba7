"""The vocabulary every other package speaks: frozen values, typed ids, canonical bytes, the error tree."""
