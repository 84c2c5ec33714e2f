"""ZIP codes and place names: from what people write to areas, points and candidates."""
