"""The build tool behind scripts/regenerate: contract and overlays in, bubblehouse_loyalty out. It is not shipped."""
