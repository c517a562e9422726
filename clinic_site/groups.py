"""The groups of people who sign in. What each may do is given by the migrations of the apps."""

FRONT_DESK = "Front desk"
STAFF_EDITORS = "Staff editors"
CLINICAL_REVIEWERS = "Clinical reviewers"
