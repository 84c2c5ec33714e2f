"""Charts as SVG, drawn by the server: what stands where, in percent and pixels; no markup here."""
