"""The phrasings of questions; each names the image, for radar and light alike.

{img} is the image, {one} a singular, {many} a plural, {the} a noun phrase with its article; of land covers {one} is what
covers.
{is_} and {do} are the verbs that agree. {part} and {other} are parts of the image that are mirror images of one another.
"""

IMAGES = ("image", "picture", "scene")
PRESENCE = (
    "Are there any {many} in the {part} of this {img}?",
    "Does this {img} show any {many} in the {part}?",
    "Can you see any {many} in the {part} of this {img}?",
    "Does the {part} of this {img} show any {many}?",
)
COUNT = (
    "How many {many} are there in this {img}?",
    "How many {many} can you see in this {img}?",
    "How many {many} does this {img} show?",
    "What is the number of {many} in this {img}?",
    "How many {many} are visible in this {img}?",
)
COUNT_PART = (
    "How many {many} are there in the {part} of this {img}?",
    "How many {many} can you see in the {part} of this {img}?",
    "How many {many} does the {part} of this {img} show?",
    "What is the number of {many} in the {part} of this {img}?",
)
POSITION = (
    "In which quarter of this {img} {is_} {the}?",
    "Which quarter of this {img} {is_} {the} in?",
    "In which quarter of this {img} can {the} be seen?",
    "In which quarter of this {img} {do} {the} lie?",
    "{is_} {the} in the upper left, upper right, lower left or lower right quarter of this {img}?",
)
CLASS = (
    "What kind of object does this {img} show?",
    "What kind of object can be seen in this {img}?",
    "Which kind of object is visible in this {img}?",
    "What kind of object do you see in this {img}?",
)
TYPE = (
    "What type of {one} does this {img} show?",
    "What type of {one} can be seen in this {img}?",
    "Which type of {one} is visible in this {img}?",
    "What type of {one} do you see in this {img}?",
)
LARGEST = (
    "What covers the largest part of this {img}?",
    "Which land cover takes up the most of this {img}?",
    "What is the main land cover in this {img}?",
    "What kind of land cover dominates this {img}?",
    "Which land cover has the largest area in this {img}?",
)
AREA = (
    "{do} {one} take up more of the {part} of this {img} than of the {other}?",
    "In this {img}, {do} {one} take up more of the {part} than of the {other}?",
    "Does the {part} of this {img} have a larger share of {one} than the {other}?",
    "Is the share of {one} larger in the {part} of this {img} than in the {other}?",
)
MORE = (
    "Are there more {many} in the {part} of this {img} than in the {other}?",
    "Does this {img} show more {many} in the {part} than in the {other}?",
    "Can you see more {many} in the {part} of this {img} than in the {other}?",
    "Does the {part} of this {img} have more {many} than the {other}?",
)
# {one} and {second} are two land covers.
BORDERS = (
    "Do the {one} and the {second} border each other in the {part} of this {img}?",
    "In the {part} of this {img}, do the {one} and the {second} border each other?",
    "Do the {one} and the {second} touch in the {part} of this {img}?",
)
# {one} and {other} are two objects; {rel} is "to the left of".
RELATION = (
    "Is the {one} {rel} the {other} in this {img}?",
    "In this {img}, is the {one} {rel} the {other}?",
    "Does the {one} lie {rel} the {other} in this {img}?",
    "In this {img}, can the {one} be seen {rel} the {other}?",
)
IN_HALF = (
    "Is {the} in the {part} of this {img} rather than in the {other}?",
    "Does {the} lie in the {part} of this {img} rather than in the {other}?",
    "In this {img}, is {the} in the {part} rather than in the {other}?",
    "Can {the} be seen in the {part} of this {img} rather than in the {other}?",
)
# {start} and {end} are opposite corners.
DIAGONAL = (
    "{is_} {the} in this {img} aligned diagonally from {start} to {end}?",
    "In this {img}, {is_} {the} aligned from {start} to {end}?",
    "{is_} {the} in this {img} oriented from {start} to {end}?",
)
ALIGNED = (
    "{is_} {the} in the {part} of this {img} horizontal and {those} in the {other} vertical?",
    "In this {img}, {is_} {the} in the {part} aligned horizontally and {those} in the {other} vertically?",
)
LINED_UP = (
    "Are the {many} in this {img} lined up from {start} to {end}?",
    "In this {img}, do the {many} form a line from {start} to {end}?",
    "Do the {many} in this {img} lie in a line from {start} to {end}?",
)
GROUPED = {
    "line": (
        "Are the {many} lined up in the {part} of this {img} rather than in the {other}?",
        "Do the {many} form a line in the {part} of this {img} rather than in the {other}?",
    ),
    "cluster": (
        "Are the {many} close together in the {part} of this {img} rather than in the {other}?",
        "Do the {many} form a cluster in the {part} of this {img} rather than in the {other}?",
    ),
}
