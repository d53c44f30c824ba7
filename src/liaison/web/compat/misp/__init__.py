"""The core calls of MISP's API, as PyMISP makes them: partners' programs read events and send some to the desk."""
