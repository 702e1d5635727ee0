"""What a deployment is made with: the parameters, where they come from, and what they must fit."""
