"""Statements with a label by brute force: an independent generator and judge of what a text says of a tile.

A text is one to three clauses. Its meaning is evaluated in every completion of what the labels leave open (`worlds`): further
objects of a class that is not exhaustive or is in a crowd, cut objects that count or do not, a coarse label that is of a
finer class, predicates in their dead band. Where a wording has several readings, each reading is a completion too. In each of
them there must be one assignment of objects to the entities of the text, and one cell for each object near an edge, under
which all clauses hold.

Outcomes of a clause: TRUE, FALSE, UNMET (not true, though one may not call it false: what it takes for granted does not hold),
GAP (neither true nor false: a verdict is wrong), ARGUABLE (any verdict will do).

Let S be the objects of the class with all that stands in the noun phrase, T those of S with what the verb says.

- "a ship is P": T is not empty; what follows speaks of one of T ("it", "the ship").
- "two ships", "exactly", "only", "just two ships": T has two; what follows speaks of T ("they", "of them").
- "at least", "more than", "at most", "fewer than": literally; of none, "at most" and "fewer" are arguable.
- "ships are P": T has two or more; one is unmet.
- "no ship": T is empty. "None of the ships": S is not empty and T is; "all", "every", "each": S is not empty, and T is S.
  Without S they are unmet, of a single one "all the ships" and "none of the ships" are arguable.
- "both ships": S has two, T is S. "Most": T is more than half of S, of three or more. "Not all": T is neither S nor empty.
- "the ship": S is one, and T is S; where S is several, false where T is empty, arguable where it is S, else a gap. "The only
  ship": S is one. So with "left of the bridge"; without a bridge it is unmet.
- "the ships": S is two or more, T is S; unmet where some have P and some have not. "The two ships": S has two besides.
- "two of the three ships": S has three, T two. "Two of the ships": S has more than two, T two.
- "It", "they", "the ship", "the two ships" of those spoken of: all of them. "Two of them": exactly two of them.
- "another", "two others", "no other ship", "the other(s)": of the objects of the class that were not spoken of; "the other" is
  unmet where these are several.
- "one is P, the other is Q": of two, one and the other; a reading is that exactly one is P.
- "three ships: two in A and one in B": exactly three, exactly two of them in A, exactly one in B, each object in one cell.
- "left of a bridge": of some bridge; of a number of ships, each of its own or all of the same. "The bridge": as above.
- "is not P" denies P of each object; "a ship is not P" is arguable where another is P. "In A, not in B": both of the same object.
- "not two but three ships": exactly three. "Only ships are P": two or more ships are, and nothing else is.
- "more ships than bridges", "as many": of the numbers; where one class is above the other, a reading leaves out the finer.
- lists: each member holds; classes of one line are of different objects in one reading. A place after the last member is of
  all or of the last alone.
- "it is not the case that ...": the clause is false.
"""
