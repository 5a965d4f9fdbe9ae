"""What every test can use."""

pytest_plugins = ["tests.database", "tests.cast", "tests.media", "tests.seaweed"]
