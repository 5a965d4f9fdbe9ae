"""The box of crayons, and the pile of paper."""

SUN, AMBER, ORANGE, RED = "#f8c02c", "#eda21f", "#ec7a26", "#d63e2f"
PINK, ROSE, PURPLE, VIOLET = "#f094b4", "#c63b7c", "#8052b4", "#5a49a8"
BLUE, SKY, SEA, TURQUOISE = "#2d68bd", "#7fc1e8", "#3b97bd", "#2aa79b"
GREEN, LIME, FOREST, MOSS = "#3f9c4d", "#98c33f", "#2c6a41", "#76953b"
BROWN, BARK, OCHRE, RUST = "#7d4b28", "#5d3a22", "#c88a2d", "#b4511f"
BLACK, GREY, SILVER, WHITE = "#2b2a33", "#7b8089", "#b9c0c6", "#fbf8f0"
BRIGHT = (SUN, ORANGE, RED, PINK, PURPLE, BLUE, SKY, TURQUOISE, GREEN, LIME)
AUTUMN = (SUN, AMBER, ORANGE, RED, RUST, OCHRE, BROWN, MOSS)
RAINBOW = (RED, ORANGE, SUN, GREEN, BLUE, PURPLE)
SKINS = ("#f4d0ae", "#efc199", "#dca473", "#c08350", "#94602f", "#6b4424")
HAIRS = ("#3a2a20", "#2b2226", "#6b4222", "#a5692c", "#e2b54a", "#b3471f")
CLOTHES = (RED, BLUE, GREEN, PURPLE, ORANGE, TURQUOISE, ROSE, SUN, SKY, VIOLET)
PAPERS = {
    "white": "#fbf9f3",
    "cream": "#f7efdc",
    "sand": "#efe0c2",
    "sky": "#e2eef3",
    "rose": "#f8e4e2",
    "mint": "#e4f0e4",
    "lemon": "#faf1c8",
    "kraft": "#d9b98c",
    "night": "#1d2b4a",
    "black": "#26262b",
}


def mixed(one: str, other: str, share: float) -> str:
    """The first colour with a share of the second."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
