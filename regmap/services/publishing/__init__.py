"""Versioned data releases: packages of files that others keep, cite and check.

A package holds everything that one data version says, describes itself for programs
(``datapackage.json``, ``dcat.jsonld``) and for people, and can be checked without regmap.
"""
