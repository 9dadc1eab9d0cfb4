"""Rule sets of routeengine as decisions in Open Forms: named in OPEN_FORMS_EXTENSIONS."""
