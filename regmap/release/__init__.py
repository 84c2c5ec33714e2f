"""A data release: the files of ``data/records/`` and the domain records in them, both ways."""
