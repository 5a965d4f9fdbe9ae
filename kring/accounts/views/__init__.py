"""The pages of a person's account. They stand above any school, so none runs in the second lock."""
