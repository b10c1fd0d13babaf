"""The capture that this project makes itself: a portrait bust, modelled, painted, lit and photographed by code."""
