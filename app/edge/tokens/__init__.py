"""Bearer tokens of an OpenID Connect provider, beside the keys that this deployment gives out."""
