"""Forms that other programs read: STIX, MISP, FollowTheMoney, CSV and PDF. Pure: values in, bytes out."""
