"""The pages on which a person plays the bank and the customer."""
