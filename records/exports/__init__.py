"""What leaves the records: one record with its proof, statements, packs, papers without names."""
