"""Expressions by name: label, what it is, and the coefficients by Apple's names.

Visemes are the mouth shapes of groups of sounds that look alike, one for each group of the fifteen commonly told
apart in games and on phones; silence is the neutral face.
"""


def _both(**values: float) -> dict[str, float]:
    """Keys without their side -> those of both sides."""
    return {name + side: value for name, value in values.items() for side in ("Left", "Right")}


EMOTIONS = {
    "SMILE": ("Smile", "Corners up, cheeks raised", {
        **_both(mouthSmile=0.8, cheekSquint=0.45, eyeSquint=0.3, mouthDimple=0.2, mouthUpperUp=0.15),
    }),
    "FROWN": ("Frown", "Corners down, brows together", {
        **_both(mouthFrown=0.75, browDown=0.45, mouthLowerDown=0.1), "mouthShrugLower": 0.35,
    }),
    "SURPRISE": ("Surprise", "Brows and lids up, jaw down", {
        **_both(browOuterUp=0.85, eyeWide=0.8), "browInnerUp": 0.9, "jawOpen": 0.45, "mouthFunnel": 0.15,
    }),
    "ANGER": ("Anger", "Brows down, nose wrinkled, lips pressed", {
        **_both(browDown=0.95, noseSneer=0.6, eyeSquint=0.5, mouthPress=0.6, mouthFrown=0.35), "jawForward": 0.2,
    }),
    "SADNESS": ("Sadness", "Inner brows up, corners down", {
        **_both(mouthFrown=0.6, eyeSquint=0.2, eyeLookDown=0.25), "browInnerUp": 0.85, "mouthShrugLower": 0.4,
    }),
    "DISGUST": ("Disgust", "Nose wrinkled, upper lip up", {
        **_both(noseSneer=0.9, mouthUpperUp=0.5, browDown=0.5, cheekSquint=0.5, mouthFrown=0.3),
    }),
    "BLINK": ("Blink", "Both eyes closed", _both(eyeBlink=1.0)),
    "WINK": ("Wink", "The left eye closed", {
        "eyeBlinkLeft": 1.0, "cheekSquintLeft": 0.6, "mouthSmileLeft": 0.45, "browDownLeft": 0.2,
    }),
}  # fmt: skip
VISEMES = {
    "AA": ("AA", "As in father", {**_both(mouthLowerDown=0.2), "jawOpen": 0.6}),
    "E": ("E", "As in bed", {**_both(mouthStretch=0.25, mouthLowerDown=0.2, mouthUpperUp=0.15), "jawOpen": 0.3}),
    "IH": ("IH", "As in tip", {
        **_both(mouthSmile=0.25, mouthStretch=0.3, mouthLowerDown=0.2, mouthUpperUp=0.15), "jawOpen": 0.15,
    }),
    "OH": ("OH", "As in go", {"jawOpen": 0.4, "mouthFunnel": 0.65}),
    "OU": ("OU", "As in book", {"jawOpen": 0.15, "mouthPucker": 0.75, "mouthFunnel": 0.25}),
    "FV": ("FV", "As in far and van", {**_both(mouthUpperUp=0.25), "jawOpen": 0.08, "mouthRollLower": 0.7}),
    "MBP": ("MBP", "As in mad, bat and put", {
        **_both(mouthPress=0.3), "mouthRollLower": 0.25, "mouthRollUpper": 0.25, "jawOpen": 0.08, "mouthClose": 0.08,
    }),
    "TH": ("TH", "As in thin", {**_both(mouthLowerDown=0.25), "jawOpen": 0.2, "tongueOut": 0.35}),
    "DD": ("DD", "As in tip and doll", {**_both(mouthLowerDown=0.25, mouthUpperUp=0.1), "jawOpen": 0.2}),
    "KK": ("KK", "As in call and gas", {**_both(mouthLowerDown=0.15, mouthUpperUp=0.1), "jawOpen": 0.25}),
    "NN": ("NN", "As in lot and not", {**_both(mouthLowerDown=0.2), "jawOpen": 0.18}),
    "RR": ("RR", "As in red", {"jawOpen": 0.15, "mouthFunnel": 0.4, "mouthPucker": 0.2}),
    "SS": ("SS", "As in sir and zeal", {
        **_both(mouthStretch=0.3, mouthLowerDown=0.3, mouthUpperUp=0.2), "jawOpen": 0.05,
    }),
    "CH": ("CH", "As in chair, join and she", {
        **_both(mouthLowerDown=0.2, mouthUpperUp=0.15), "jawOpen": 0.08, "mouthFunnel": 0.6,
    }),
}  # fmt: skip
PRESETS = {**EMOTIONS, **VISEMES}
NEUTRAL, PHOTOGRAPHED = "NEUTRAL", "PHOTOGRAPHED"
CHOICES = {
    NEUTRAL: ("Neutral", "All keys at 0"),
    PHOTOGRAPHED: ("As Photographed", "What the photos have in common"),
    **{name: (label, text) for name, (label, text, _) in PRESETS.items()},
}
