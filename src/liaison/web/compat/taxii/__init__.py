"""TAXII 2.1 (OASIS Standard, 10 June 2021): partners' programs read what is published to them, and send to the desk."""
