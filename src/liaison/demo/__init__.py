"""An invented operation to try the program on: passengers, records, and which of them are one person.

Nobody in it exists. Names are drawn by region from common names, dates and document numbers from a seeded generator;
the public OFAC list that comes with it is real (see `ofac`), and no passenger was made from it.
"""
