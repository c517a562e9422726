"""The content rules A01 to A31: what the software can check before a clinician reads a page.

`levels` names the rules, `lists` holds the words staff may edit, `manuscript` is a page as the rules see it, each file
beside them holds the rules of one concern, `registry` brings them together, and `judging` runs them over a library.
"""
