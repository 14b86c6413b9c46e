"""The phrasings of questions; each names the image, so that no text is asked too often.

{img} is the image, {a} a singular with its article, {one} a singular, {many} a plural; of land covers {one} is what covers,
{do} and {is_} are the verbs that agree with it. Of two classes the second has the names with _b.
"""

IMAGES = ("image", "scene", "tile", "view", "picture", "frame", "overhead image", "remote sensing image")  # of radar or light
PRESENCE = (
    "Is there {a} in this {img}?",
    "Are there any {many} in this {img}?",
    "Does this {img} show {a}?",
    "Does the {img} contain any {many}?",
    "Can {a} be seen in this {img}?",
    "Are any {many} visible in the {img}?",
    "Is {a} present in this {img}?",
    "Is at least one {one} visible in this {img}?",
    "Do you see any {many} in this {img}?",
    "Would you say that there is {a} in this {img}?",
    "Looking at this {img}, can you find {a}?",
    "Is any {one} to be found in the {img}?",
)
COUNT = (
    "How many {many} are there in this {img}?",
    "How many {many} can be seen in the {img}?",
    "How many {many} does this {img} show?",
    "What is the number of {many} in this {img}?",
    "How many {many} are visible in this {img}?",
    "How many {many} does the {img} contain?",
    "Can you count the {many} in this {img}?",
    "In this {img}, how many {many} are present?",
    "What is the total number of {many} in the {img}?",
    "Looking at this {img}, how many {many} do you count?",
)
POSITION = (
    "Where is the {one} in this {img}?",
    "In which part of the {img} is the {one}?",
    "Where in this {img} does the {one} lie?",
    "In which part of this {img} can the {one} be seen?",
    "What is the position of the {one} in this {img}?",
    "Which part of the {img} holds the {one}?",
    "Of a grid of three by three cells over this {img}, which one has the {one} in it?",
    "Whereabouts in the {img} is the {one} located?",
    "Looking at this {img}, where do you find the {one}?",
    "If the {img} is cut into thirds both ways, in which of the nine parts is the {one}?",
)
# {choices} are singulars, of which the image shows one.
CLASS = (
    "Which of these does this {img} show: {choices}?",
    "Which of these can be seen in the {img}: {choices}?",
    "What does this {img} show: {choices}?",
    "Which is there in this {img}: {choices}?",
    "What is visible in this {img}: {choices}?",
    "Looking at this {img}, which do you see: {choices}?",
    "Which kind of object does the {img} hold: {choices}?",
    "What kind of object is shown in this {img}: {choices}?",
    "Which one is to be found in the {img}: {choices}?",
    "In this {img}, which of these is there to see: {choices}?",
)
# The one of two objects that are alone of their class; {rel} is "to the left of".
RELATION = (
    "Is the {one} {rel} the {one_b} in this {img}?",
    "In this {img}, is the {one} {rel} the {one_b}?",
    "Does the {one} lie {rel} the {one_b} in this {img}?",
    "In the {img}, does the {one} lie {rel} the {one_b}?",
    "Can the {one} be seen {rel} the {one_b} in this {img}?",
    "Looking at this {img}, is the {one} {rel} the {one_b}?",
    "Is it right that the {one} in this {img} is {rel} the {one_b}?",
    "Would you say that the {one} is {rel} the {one_b} in this {img}?",
)
MORE = (
    "Are there more {many} than {many_b} in this {img}?",
    "Does this {img} show more {many} than {many_b}?",
    "In this {img}, are there more {many} than {many_b}?",
    "Do the {many} in this {img} outnumber the {many_b}?",
    "Are the {many_b} in this {img} fewer than the {many}?",
    "Can more {many} than {many_b} be seen in the {img}?",
    "Looking at this {img}, do you count more {many} than {many_b}?",
    "Does the {img} contain more {many} than {many_b}?",
)
BORDERS = (
    "{Is_} the {one} next to the {one_b} in this {img}?",
    "In this {img}, {is_} the {one} next to the {one_b}?",
    "{Do} the {one} and the {one_b} border each other in this {img}?",
    "In the {img}, {do} the {one} touch the {one_b}?",
    "{Is_} the {one} adjacent to the {one_b} in this {img}?",
    "Looking at this {img}, {do} the {one} border the {one_b}?",
)
LARGEST = (
    "What covers the largest part of this {img}?",
    "Which land cover takes up the most of this {img}?",
    "What is the most common land cover in this {img}?",
    "What kind of land cover dominates this {img}?",
    "Which kind of ground covers more of this {img} than any other?",
    "Looking at this {img}, which land cover has the largest area?",
    "In this {img}, what covers the largest area?",
    "Of all land covers in this {img}, which is the largest?",
)
HALF = (
    "{Do} {one} cover more than half of this {img}?",
    "Is more than half of this {img} covered by {one}?",
    "Is most of this {img} {one}?",
    "{Do} {one} take up more than half of the {img}?",
    "Looking at this {img}, {do} {one} cover more than half of it?",
    "Is the larger part of this {img} covered by {one}?",
    "In this {img}, {do} {one} make up more than half of the area?",
    "Is over half of the {img} covered by {one}?",
)
PERCENT = (
    "About what percentage of this {img} is covered by {one}?",
    "How many percent of this {img} {do} {one} cover, to the nearest ten?",
    "To the nearest ten percent, how much of this {img} is covered by {one}?",
    "What share of the {img} {do} {one} take up, in percent?",
    "Roughly what percentage of the {img} is {one}?",
    "In this {img}, about how many percent of the area are covered by {one}?",
    "How large is the share of {one} in this {img}, in percent?",
    "About how much of this {img} is {one}, in percent?",
)
