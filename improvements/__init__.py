"""The bridge: one improvement record that travels the whole way round."""
