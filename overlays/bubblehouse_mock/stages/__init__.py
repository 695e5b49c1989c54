"""What every call passes before its rule: version, route, token, rate limit, input, identity. One stage, one file."""
