"""The words that a reader of captions knows, as tables. A line is `code value = phrase | phrase`; codes are in `lexicon`.

What is not in a table and not a class of the taxonomy is unknown, and a sentence that holds it is never wholly supported:
so a word is silent only where leaving it out cannot make a false sentence true.
"""

# The closed list of words that say nothing: leaving one out, or putting it in, makes no sentence true or false.
SILENT = """
sar radar synthetic aperture here overall clearly altogether itself themselves 's axis axes very directly collectively
"""
SILENT_PHRASES = """
as follows | by place | by position | by sar | by radar | by the radar | in total | all in all | in it |
remote sensing |
seen from above | imaged from above |
observed from above | viewed from above | from above | the place of |
the orientation of | the long axis of | the long axes of | long axis | long axes | long side | orientation |
anywhere |
somewhere | content of | contents of | what | one can observe | one can see | without a doubt | without doubt |

pieces of | a piece of | piece of | details of | from the sar perspective | from above |
defining the scene 's structure | contributing to its visual complexity | throughout the frame |
in the frame
"""

VERBS = "lie appear sit stand float run extend stretch come reach form exist"
SINGULAR_VERBS = "lies appears sits stands floats runs extends stretches spans reaches forms exists"
WITH_VERBS = """
shows | show | showing | captures | capture | capturing | depicts | depict | depicting | reveals | reveal |
revealing | displays |
display | displaying | illustrates | illustrate | presents | features | feature | featuring | has imaged |
covers an area with |
with | containing | holds | hold | contains | contain | has | have | having | carries | hosts
"""
INCLUDING_VERBS = (
    "include | includes | including | comprise | comprises | comprising | divide into | divided into | gives | give"
)
COVERING_VERBS = """
cover | covering | covered | occupy | occupying | occupied | fill | filling | filled | make up | makes up | making up |
together cover | together make up | together occupy | together account for | together fill | together take up |
made up of | take up | takes up | taking up | taken up | account for | accounts for | accounting for | consists of | consist of
"""
COVERING_VERBS_SINGULAR = "covers occupies fills"
VISIBLE = """
visible present seen shown observed detected identified identifiable discernible detectable apparent discerned imaged
captured
recognizable spotted packed depicted found located situated positioned placed distributed arranged concentrated lying
sitting standing
floating oriented stretching spanning extending pictured
"""

TABLE = """
d - = a | an
Q - = any
D - = the | these | those | this
f - = of
R - = which | that | who | whom | where
H - = there
@ - = look | looking
$ - = also | too | additionally | in addition
, - = ,
: - = : | in several places : | in different places : | in various places : | in many places : | in several locations :
& and = and | as well as | plus | along with | together with
/ or = or
/ nor = nor
; - = but | while | whereas | although | though
A - = all | each | every | all of | each of
B - = both | both of
Z - = none | none of | neither of
Y - = most | most of | the majority of | a majority of
J - = sole
N - = no | without | no visible | free of | free from | devoid of | void of | not a single | neither | lacks | lack
t - = not | cannot | never | do not | does not | did not
z - = absent | missing | absent from | nowhere to be seen | nowhere to be found
a - = among | as for | counting
e one = other | remaining | rest
e many = others
E 1 = first | last
E 2 = second
E 3 = third
E 4 = fourth
E another = another
W - = populated by
h - = it | its | they | them | their
m - = annotated | mentioned | labeled | labelled | marked | labelled area | labeled area | annotated area
* - = whole | entire | full
T - = than | as
+ - = more | more numerous
- - = fewer | less | less numerous
= - = as many | an equal number of
2 - = twice as many
> - = outnumber | outnumbers
> area = larger than | bigger than | more extensive than
y - = tiny | very small | minuscule
I - = data | images of the area | image | images | imagery | scene | scenes | picture | view | frame | tile | chip
I - = patch | snapshot
q at = into | in | at | on | within | along | inside | inside of
q near = by | against | near | close to | in the vicinity of | near to | in proximity to
V - = is | was | appears to be | seems to be
v - = are | were | can be | appear to be | seem to be
_ - = to | toward | towards
r left = to the left of | left of | on the left of | on the left side of | to the left side of
r right = to the right of | right of | on the right of | on the right side of | to the right side of
r above = above
r below = below | beneath | underneath
r adjacent = borders the | border the | adjoining | adjoins | abutting | abuts | side by side with
r adjacent = next to | beside | adjacent to | alongside | right next to | right beside | immediately next to
r adjacent = bordering
r far = far from | far away from | distant from | away from
r north = north of | to the north of | in the north of
r south = south of | to the south of | in the south of
r west = west of | to the west of | in the west of
r east = east of | to the east of | in the east of
s northernmost = northernmost
s southernmost = southernmost
s westernmost = westernmost
s easternmost = easternmost
s leftmost = leftmost | furthest left
s rightmost = rightmost | furthest right
s topmost = topmost | uppermost
s bottommost = bottommost | lowermost | lowest
s largest = largest | biggest
s smallest = smallest | tiniest
s longest = longest
s shortest = shortest
l horizontal = horizontal | horizontally | horizontally oriented
l vertical = vertical | vertically | vertically oriented
l diagonal = diagonal | diagonally | diagonally oriented | slanted | obliquely | oblique
H - = we can see | we see | you can see | there exist | there exists
r around = surrounded by | surround | surrounds | surrounding | encircled by | all around
r other = outside | outside of | behind | in front of | opposite | opposite to | across from
r other = connected to | linked to | along side
r other = crossing | separated by | divided by | connected by | connected with | relative to
i - = built | planted | connected | constructed | highlighted | made | set | laid | in view | on view | in sight
g near = near each other | close to each other | near one another | close to one another
g adjacent = next to each other | side by side | beside each other | next to one another
g line = in a line | in a row | in line | in a column | line | lined up | row | aligned | straight line
g line = in a straight line
g cluster = cluster | clustered | clustered together | close together | grouped together | grouped | bunched
g cluster = tight cluster
g cluster = huddled | packed together | in a cluster | in a group | closely spaced | tightly packed
g scattered = scattered | dispersed | spread out | strewn | sparsely distributed | widely spaced
g scattered = scattered over the image | spread over the image
g scattered = spread across the scene | spread across the image | scattered across the image
g scattered = scattered across the scene | scattered over the scene
S either = through the whole image | through the entire image | through the image | across the whole image
S either = across the entire image
S either = crosses the image | crosses the scene | across the image | across the scene
S across = across the image from left to right | across the scene from left to right
S down = across the image from top to bottom | across the scene from top to bottom
F - = have a clear place | has a clear place
S across = from left to right | from right to left
S down = from top to bottom | from bottom to top
S either = running across the image | running across the scene | running through the image
S across = running across the image from left to right | running across the scene from left to right
S across = running from left to right | running from right to left
S down = running across the image from top to bottom | running across the scene from top to bottom
S down = running from top to bottom | running from bottom to top
! - = if | whether | unless | either | might | may | could be
! - = perhaps | possibly | probably | likely | presumably | maybe | thirds of | quarters of | some other
! - = both sides of | either side of | each side of | all sides of | both ends of | each end of
! - = either end of
P - = % | percent | per cent
x size = large | small | big | huge | little | massive | giant | medium | short | sized | larger | smaller | bigger
x size = narrow
9 - = respectively
8 - = all but
4 - = latter
3 - = former
6 - = apart from | except | except for | other than | besides | aside from
7 - = the total count of | the number of | the total number of | the count of
V - = equals | amounts to
x manner = beautiful | mighty | imposing | impressive | important | busy | bustling | captivating | distinct | dense
x manner = lush | vast
x manner = complicated | columnar | spherical | cylindrical | sparse | empty | grassy | smart | broad | elliptical
x manner = extensive
x manner = marshy | frozen | permanent | irregular | spacious | unique | rusty | metallic | metal | concrete
x manner = cement | octagonal
x manner = hexagonal | domed | radial | different | similar | crossed | parallel | regular | compact
x manner = semi circular | cultivated
x manner = ring shaped | spindle shaped | fan shaped | oval shaped | star shaped | bell mouthed | distinctive
x manner = roofed | developed
x manner = herbaceous | residential | rich | open | rather complicated | storage | same | cone shaped | u shaped
x manner = l shaped
x manner = together | neat | several kinds of | modern | old | new | straight | curved | round | circular | rectangular
x manner = square shaped | oval
x state = parked | moored | anchored | docked | berthed | damaged | stationary | at anchor
x state = running | sailing | moving | in motion | under way | underway
x optical = bright | dark | brightness | gray | grey | black | white | shiny | glowing | shadow | shadows | dim
x optical = grayscale
j - = traffic | deck | decks | noise | stop | stops
~ - = the length of | the lengths of | range | ranges | ranging | in length | length | lengths | measures | measure
~ - = measuring | from end to end
~ long = long
w - = wide | in width | width | widths | breadth | in diameter | diameter | high | height | in height | apart | tall
w pixel = pixel | pixels | px | per pixel | per px | pixel size | pixel spacing | sample spacing | gsd
w pixel = ground sample distance | ground sampling distance | ground sample distance gsd | ground sampling distance gsd
w resolution = resolution | spatial resolution | ground resolution | nominal resolution
w - = spacing | square | deep | depth | distance | elevation | altitude
w - = swath
# pairs = pairs of
# dozen = dozen
# hundred = hundred
# thousand = thousand
o at least = at least | a minimum of | minimum of | no fewer than | no less than | not fewer than | not less than
o at most = at most | no more than | up to | a maximum of | maximum of | not more than
o more than = more than | over | greater than | in excess of | upward of
o fewer than = fewer than | less than | under
o about = barely | about | approximately | roughly | nearly | almost | circa | an estimated | around
o some = some
o exactly = exactly | precisely | only | just | merely | a total of
o between = from | between
o longer = longer than
o shorter = shorter than
o or more = or more
o or fewer = or fewer | or less
"""

# What SAR does not show: colours, sunlight, weather, and the names of other imagery.
OPTICAL = """
blue green red yellow orange purple pink brown turquoise silver golden beige cyan magenta violet maroon ivory navy
crimson scarlet khaki indigo lavender hue hues tint tinted greyish grayish whitish teal bluish greenish reddish
brownish azure emerald colorful colourful colored coloured color colour colors colours multicolored sunny sunlit
sunlight
sunshine sun sky skies cloud clouds cloudy cloudless overcast rainy foggy fog hazy haze snowy weather daylight daytime
nighttime
sunset sunrise dusk dawn twilight rainbow moonlight rain raining optical photograph photo photographs photos rgb
infrared multispectral panchromatic
"""

# What moves, and where to: "sailing north" is no place.
MOVING = ("running", "sailing", "moving", "in motion", "under way", "underway")
WAYS = (
    *("north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest", "left", "right", "up", "down"),
    *("from", "to", "toward", "towards", "across", "away", "along", "through"),
)

# phrase(s) = true from, to, false below, above; "-" is without bound.
VAGUE_QUANTITIES = """
many | numerous | a lot of | lots of | plenty of | a large number of | large numbers of | a great number of = 11 - 5 -
several | various = 3 12 3 -
a few | few | a small number of | a handful of = 3 5 2 10
a couple of | a couple = 2 2 2 3
a duo of | a duo = 2 2 2 2
a trio of | a trio = 3 3 3 3
half a dozen = 6 6 6 6
a score of = 20 20 20 20
a couple of dozen = 22 26 15 35
a pair of | pair of | a pair = 2 2 2 2
multiple | a number of | a group of | groups of | a set of | a fleet of | an array of = 2 - 2 -
dozens of | dozens | scores of | tens of = 24 - 20 -
hundreds of | hundreds = 200 - 100 -
a single | single | one solitary | one single | one lone | one isolated = 1 1 1 1
a lone | lone | a solitary | solitary | an isolated | isolated = 1 1 1 1
"""

# What people name in such images and no label is of: that it is there nobody can tell.
THINGS = """
airfield | airport | sea port | coast | coastline | shore | shoreline | beach | island | town | city | village |
settlement | suburb |
apron | runway | taxiway | hangar | terminal | control tower | dock | quay | pier | jetty | breakwater | wharf |
basin | channel |
canal | bay | estuary | lagoon | reservoir | pond | stream | bank | river bank | waterway | roadstead | anchorage |
fairway |
stadium | square | playground | church | school | park | parking lot | railway station | train station | railway |
track | train |
residential area | industrial area | commercial area | downtown area | business district | resort | hotel |
factory | power plant |
field | baseball field | football field | soccer field | basketball court | tennis court | swimming pool | pool |
court | lawn |
tree | plant | bush | hedge | grass | mountain | hill | valley | desert | dune | rock | cliff | wasteland |
ground | bareland |
highway | expressway | crossroad | intersection | roundabout | overpass | flyover | path | lane | parking space |
roof | wall | fence |
tower | chimney | crane | container | pipeline | power line | dam | lock | gate | yard | garden | farm |
greenhouse | worker | person |
people | wave | shadow | structure | facility | infrastructure | environment | landscape |
terrain | area | region |
zone | place | district | ecosystem | settlement area | urban zone | circle | center building | bleacher |
court yard | courtyard |
meadowland | green space | vegetation belt | forest ecosystem | community | house | row | line of trees |
piece of land
"""
PLURALS = {
    "people": "people",
    "grass": "grass",
    "bush": "bushes",
    "beach": "beaches",
    "church": "churches",
    "city": "cities",
    "factory": "factories",
    "facility": "facilities",
    "bay": "bays",
    "estuary": "estuaries",
    "valley": "valleys",
    "jetty": "jetties",
    "dock": "docks",
    "residential area": "residential areas",
    "river bank": "river banks",
    "terrain": "terrain",
    "bareland": "bareland",
    "community": "communities",
    "infrastructure": "infrastructure",
    "crossroad": "crossroads",
    "business district": "business districts",
}

NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen
"""
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
UNITS_M = {
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), 1.0),
    **dict.fromkeys(("cm", "centimeter", "centimeters", "centimetre", "centimetres"), 0.01),
    **dict.fromkeys(("km", "kilometer", "kilometers", "kilometre", "kilometres"), 1000.0),
    **dict.fromkeys(("nautical mile", "nautical miles"), 1852.0),
    **dict.fromkeys(("mile", "miles"), 1609.344),
    **dict.fromkeys(("ft", "foot", "feet"), 0.3048),
}

ROWS = {1: ("upper", "top"), 2: ("middle", "center", "central", "mid", "centre"), 4: ("lower", "bottom")}
COLUMNS = {1: ("left", "left hand"), 2: ("middle", "center", "central", "centre"), 4: ("right", "right hand")}
CENTER = ("center", "central", "centre", "middle", "centrally", "image center", "very center")
SIDES = {
    (1, 7): ("upper", "top", "up top"),
    (4, 7): ("lower", "bottom"),
    (7, 1): ("left", "left hand"),
    (7, 4): ("right", "right hand"),
}
AREAS = (
    *(
        "part",
        "area",
        "region",
        "section",
        "portion",
        "side",
        "quarter",
        "quadrant",
        "zone",
        "corner",
        "parts",
        "areas",
        "most",
    ),
)
CORNERS = ("corner", "corners", "one corner", "a corner", "one of the corners")
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
