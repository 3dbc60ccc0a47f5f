"""Commands a maintainer runs by hand; nothing here is imported by the product."""
