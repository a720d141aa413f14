"""The page: what people look at, served beside the API and reading nothing but the API."""
