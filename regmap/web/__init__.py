"""Pages for people: templates, and the folium map. No rule of law and no query in here."""
