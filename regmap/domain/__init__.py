"""The law as regmap understands it: vocabulary, dates, records, timelines, resolution.

Plain Python: no input or output, no clock (the caller passes the day), no third-party library.
Every rule of law is written here once and nowhere else.
"""
