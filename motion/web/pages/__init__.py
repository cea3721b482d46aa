"""The pages, one module for each family; each holds its `ROUTES`."""
