"""Liaison: police, prosecutors and border services of different countries work together against organised crime."""

__version__ = "0.1.0"
