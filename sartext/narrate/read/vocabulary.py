"""The words that a reader of captions knows, as tables. A line is `code value = phrase | phrase`; codes are in `lexicon`.

What is not in a table and not a class of the taxonomy is unknown, and a sentence that holds it is never wholly supported:
so a word is silent only where leaving it out cannot make a false sentence true.
"""

# Words that say nothing on their own.
SILENT = """
sar radar synthetic aperture this that here can could who where for across through part parts area areas
region regions section sections portion portions side sides quarter quadrant cell zone place places position positions
location locations whole entire look looking overall clearly also content contents what clear anywhere somewhere else
axis axes orientation divided divide 's way end too respectively now itself themselves us we
come do does altogether there
"""
SILENT_PHRASES = """
as follows | the one | the ones | by place | by position | as well | by sar | by radar | by the radar |
in total | all in all | long axis | long axes | long side | in it | several
places | different places | various places | many places | several locations | over the image | over the scene |
across the image | across the scene | remote sensing |
seen from above | imaged from above | observed from above | viewed from above
"""

VERBS = """
lie appear sit stand run extend make makes gives give float shows show showing include includes including features
feature featuring captures capture depicts depict displays display displaying reveals reveal depicting capturing
illustrates illustrate presents form forms forming comprises comprising consists having lying sitting standing located
situated positioned placed distributed arranged concentrated spans spanning running stretches stretching extending oriented
divide
"""
SINGULAR_VERBS = "lies appears sits stands runs extends floats"
COVERING_VERBS = """
cover | covering | covered | occupy | occupying | occupied | fill | filling | filled | make up | makes up | making up |
made up of | take up | takes up | taking up | taken up | account for | accounts for | accounting for | consists of | consist of
"""
COVERING_VERBS_SINGULAR = "covers occupies fills"
VISIBLE = """
visible present seen shown observed detected identified identifiable discernible detectable apparent discerned imaged captured
recognizable spotted depicted found exist exists
"""

TABLE = """
d - = a | an
Q - = any
D - = the | these | those
f - = of
, - = ,
: - = :
& and = and | as well as | plus | along with | together with
/ or = or
/ nor = nor
; - = but | while | whereas | although | though
A - = all | each | every | all of | each of
B - = both | both of
Z - = none | none of | neither of
Y - = most | most of | the majority of | a majority of
J - = sole
N - = no | without | no visible | free of | free from | devoid of | not a single | neither
N - = lacks | lack
t - = not | cannot | can't | don't | doesn't | isn't | aren't | never | wasn't | weren't
z - = absent | missing | absent from
a - = among | amid | as for | counting
e - = other | others | remaining | rest
E 1 = first | last
E 2 = second
E 3 = third
E 4 = fourth
E another = another
h - = it | its | they | them | which | whom | their
m - = annotated | labeled | labelled | marked
T - = than | as
+ - = more
- - = fewer | less
= - = as many | an equal number of
2 - = twice as many
> - = outnumber | outnumbers
y - = tiny | very small | minuscule
I - = image | images | imagery | scene | scenes | picture | view | frame | tile | chip | patch | snapshot
q at = in | at | on | within | along
q near = by | against
W - = with | containing | holding | contains | contain | holds | hold | has | have
V - = is | was
v - = are | were | be | been | being
_ - = to | toward | towards | into
r left = to the left of | left of | on the left of | on the left side of | to the left side of
r right = to the right of | right of | on the right of | on the right side of | to the right side of
r above = above
r below = below | beneath | underneath
r near = near | nearby | close to | in the vicinity of | not far from | near to | in proximity to
r adjacent = borders the | border the | adjoining | adjoins | abutting | abuts | side by side with
r adjacent = next to | beside | adjacent to | alongside | right next to | right beside | immediately next to | bordering
r at = inside | inside of
r far = far from | far away from | distant from | away from
r north = north of | to the north of | in the north of
r south = south of | to the south of | in the south of
r west = west of | to the west of | in the west of
r east = east of | to the east of | in the east of
s largest = largest | biggest
s smallest = smallest | tiniest
s longest = longest
s shortest = shortest
l horizontal = horizontal | horizontally | horizontally oriented
l vertical = vertical | vertically | vertically oriented
l diagonal = diagonal | diagonally | diagonally oriented | slanted | obliquely | oblique
g line = in a line | in a row | in line | in a column | line | lined up | row | aligned | straight line | in a straight line
g cluster = cluster | clustered | clustered together | close together | grouped together | grouped | bunched | tight cluster
g cluster = huddled | packed together | in a cluster | in a group | closely spaced | tightly packed
g scattered = scattered | dispersed | spread out | spread across | spread over | strewn | sparsely distributed | widely spaced
S across = from left to right | from right to left
S down = from top to bottom | from bottom to top
! - = except | except for | apart from | other than | all but | if | whether | unless | either | might | may | could be
! - = perhaps | possibly | probably | likely | presumably | maybe | thirds of | quarters of | some other
! - = but one | both sides of | either side of | each side of | all sides of | both ends of | each end of | either end of
P - = % | percent | per cent
x size = large | small | big | huge | little | massive | giant | medium | short | sized | larger | smaller | bigger | narrow
x optical = bright | dark | brightness | gray | grey | black | white | shiny | glowing | shadow | shadows | dim | grayscale
j - = wake | wakes | traffic | lane | lanes | deck | decks | farm | farms | yard | yards | crane | cranes | park | parks | noise
j - = stop | stops | terminal | terminals | track | tracks | pier | piers
~ - = range | ranges | ranging | in length | length | lengths | measures | measure | measuring | from end to end
~ long = long
w - = wide | in width | width | widths | breadth | in diameter | diameter | tall | high | height | in height | apart
w - = resolution | pixel | pixels | per pixel | spacing | square | deep | depth | distance | elevation | altitude | swath
# dozen = dozen
# hundred = hundred
# thousand = thousand
o at least = at least | a minimum of | minimum of | no fewer than | no less than | not fewer than | not less than
o at most = at most | no more than | up to | a maximum of | maximum of | not more than
o more than = more than | over | greater than | in excess of | upward of
o fewer than = fewer than | less than | under
o about = about | approximately | around | roughly | nearly | almost | circa | an estimated
o some = some
o exactly = exactly | precisely | only | just | merely | a total of
o between = between | from
o or more = or more
o or fewer = or fewer | or less
"""

# What SAR does not show: colours, sunlight, weather, and the names of other imagery.
OPTICAL = """
blue green red yellow orange purple pink brown turquoise silver golden beige cyan magenta violet teal bluish greenish reddish
brownish azure emerald colorful colourful colored coloured color colour colors colours multicolored sunny sunlit sunlight
sunshine sun sky skies cloud clouds cloudy cloudless overcast rainy foggy fog hazy haze snowy weather daylight daytime nighttime
sunset sunrise optical photograph photo photographs photos rgb infrared multispectral panchromatic
"""

# phrase(s) = true from, to, false below, above; "-" is without bound.
VAGUE_QUANTITIES = """
many | numerous | a lot of | lots of | plenty of | a large number of | large numbers of | a great number of = 11 - 5 -
several | various = 3 12 3 -
a few | few | a small number of | a handful of = 3 5 2 10
a couple of | a couple = 2 2 2 3
a pair of | pair of | a pair = 2 2 2 2
multiple | a number of | a group of | groups of | a set of = 2 - 2 -
dozens of | dozens | scores of | tens of = 24 - 20 -
hundreds of | hundreds = 200 - 100 -
a single | single | a lone | lone | a solitary | solitary | an isolated | isolated = 1 1 1 1
"""

NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen
"""
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
UNITS_M = {
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), 1.0),
    **dict.fromkeys(("km", "kilometer", "kilometers", "kilometre", "kilometres"), 1000.0),
    **dict.fromkeys(("ft", "foot", "feet"), 0.3048),
}

ROWS = {1: ("upper", "top"), 2: ("middle", "center", "central", "mid", "centre"), 4: ("lower", "bottom")}
COLUMNS = {1: ("left", "left hand"), 2: ("middle", "center", "central", "centre"), 4: ("right", "right hand")}
CENTER = ("center", "central", "centre", "middle", "centrally", "image center", "very center")
SIDES = {
    (1, 7): ("upper", "top", "topmost"),
    (4, 7): ("lower", "bottom", "bottommost"),
    (7, 1): ("left", "left hand", "leftmost"),
    (7, 4): ("right", "right hand", "rightmost"),
}
EDGES = ("edge", "edges", "border", "borders", "margin", "margins", "boundary", "boundaries")
COMPASS = {
    "north": (1, 7),
    "south": (4, 7),
    "west": (7, 1),
    "east": (7, 4),
    "north west": (1, 1),
    "north east": (1, 4),
    "south west": (4, 1),
    "south east": (4, 4),
}
