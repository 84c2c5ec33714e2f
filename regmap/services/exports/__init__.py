"""The data set as files: tables, one writer per format."""
