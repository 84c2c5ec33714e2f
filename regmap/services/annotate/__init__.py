"""``regmap annotate``: the law at each row of a file or a frame, of any size.

``columns``: which columns say where a row is, and which are added. ``cells``: values as places.
``marking``: the core, from places to answers, each distinct answer made once. ``csv_files`` and
``parquet_files``: reading and writing, chunk by chunk. ``unfinished``: the file while it is made,
and how a stopped run goes on. ``running`` joins these; ``cluster`` spreads the marking over Dask;
``frames`` is the Python API. pyarrow, pandas and geopandas are imported by those who annotate
alone: workers of the server carry none of them.
"""
