"""The contract that machines read: the OpenAPI document, in the form that generators take."""
