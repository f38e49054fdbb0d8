"""The shop's apps: `cart | monitoring -> users -> products -> common`."""
