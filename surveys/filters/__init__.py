"""What lists may be filtered by, for page, export and API alike; one file per subject."""
