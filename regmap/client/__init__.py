"""A client of the API: typed answers, polite retries, paging and batches (httpx)."""
