"""One module per question that users ask; no HTTP, no SQL, no shapes of JSON in here."""
