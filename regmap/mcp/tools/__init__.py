"""The questions that an assistant may ask; each is answered as the API answers it."""
